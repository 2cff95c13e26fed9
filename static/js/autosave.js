// Saves the form of a draft a moment after the last keystroke. Without scripts, the button saves.
// What is typed is kept in this page alone: nothing is left on the machine, which others may use.
"use strict";

const form = document.querySelector("form[data-autosave]");
const said = document.getElementById("saved");
if (form && said) {
  // What the server has just sent back unsaved is still to be saved; over another window's words only by the button.
  let timer, dirty = "unsaved" in form.dataset || "held" in form.dataset, busy = false, stopped = "held" in form.dataset;
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const say = (words) => {
    if (said.textContent !== words) said.textContent = words;
  };
  // Only words: a file is sent by its button, and nothing is taken out by itself.
  const typed = () => {
    const words = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !name.endsWith("-drop")) words.append(name, value);
    }
    return words;
  };
  // Somebody who has signed in again, perhaps in another window, goes on here with the token of the new session.
  const signedIn = async () => {
    const answer = await fetch(form.action, { redirect: "manual", cache: "no-store" });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("input[name=csrf_token]");
    if (!fresh) return false;
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = fresh.value;
    return true;
  };
  const save = async () => {
    if (!dirty || stopped) return;
    if (busy) return later(1000);
    busy = true;
    dirty = false;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: typed(),
        headers: { "X-Saved-In-Background": "1" },
        redirect: "manual",
      });
      if (answer.ok) {
        const { version, saved } = await answer.json();
        for (const field of document.querySelectorAll("input[name=version]")) field.value = version;
        if (!dirty) say(form.dataset.autosave.replace("{when}", saved));
        return;
      }
      dirty = true;
      if (answer.status === 422) {
        // Half a date is no date yet: go on typing, it is tried again.
        const { what } = await answer.json();
        say(form.dataset.wrong.replace("{what}", what));
      } else if (answer.status === 409) {
        stopped = true;
        say(form.dataset.stopped);
      } else if (answer.status === 400 || answer.type === "opaqueredirect") {
        if (await signedIn()) return later(0);
        say(form.dataset.out);
        later(10000);
      } else {
        say(form.dataset.lost);
        later(10000);
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
    if (event.target.name.endsWith("-drop") || event.target.type === "file") return;
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
  // What was typed before this script had come over a slow network.
  if ([...form.elements].some((field) => field.matches("input[inputmode], textarea") && field.value !== field.defaultValue)) {
    dirty = true;
    later(2000);
  }
  addEventListener("online", () => later(0));
  addEventListener("beforeunload", (event) => {
    if (dirty || busy) event.preventDefault();
  });
}
