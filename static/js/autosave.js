// Saves the form of a draft a moment after the last keystroke. Without scripts, the button saves.
"use strict";

const form = document.querySelector("form[data-autosave]");
const said = document.getElementById("saved");
if (form && said) {
  let timer, dirty = false, busy = false, stopped = false;
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const say = (words) => {
    if (said.textContent !== words) said.textContent = words;
  };
  const stop = () => {
    stopped = true;
    say(form.dataset.stopped);
  };
  const save = async () => {
    if (!dirty || stopped) return;
    if (busy) return later(1000);
    busy = true;
    dirty = false;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Saved-In-Background": "1" },
        redirect: "error",
      });
      if (answer.ok) {
        const { version, saved } = await answer.json();
        for (const field of document.querySelectorAll("input[name=version]")) field.value = version;
        say(form.dataset.autosave.replace("{when}", saved));
      } else {
        dirty = true;
        if (answer.status < 500) stop();
        else later(10000);
      }
    } catch {
      // Not reachable: what is typed stays here, and is sent again.
      dirty = true;
      say(form.dataset.lost);
      later(5000);
    } finally {
      busy = false;
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.name.endsWith("-drop")) return;
    dirty = true;
    later(2000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (busy) {
      // The page has to know the version that is being saved just now.
      event.preventDefault();
      setTimeout(() => form.requestSubmit(event.submitter), 200);
      return;
    }
    dirty = false;
  });
  addEventListener("online", () => later(0));
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}
