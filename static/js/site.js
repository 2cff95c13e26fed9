// Two comforts; every page is complete without them.
"use strict";

// Quick exit: Escape twice within a second leaves for a neutral page and takes this one out of the history.
const exit = document.querySelector(".exit");
if (exit) {
  const leave = () => {
    document.documentElement.hidden = true;
    location.replace(exit.href);
  };
  let last = 0;
  document.documentElement.classList.add("has-keys");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - last < 1000) leave();
    last = event.timeStamp;
  });
  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}

// The count, kept up to date while somebody looks. The address answers from a cache and names nobody.
const count = document.querySelector("[data-count-url]");
if (count) {
  const bar = document.querySelector("progress[data-goal]");
  const left = document.querySelector("[data-to-go]");
  const written = new Intl.NumberFormat(document.documentElement.lang || undefined);
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(count.dataset.countUrl, { credentials: "omit" });
      if (!answer.ok) return;
      const { signature_count: now } = await answer.json();
      if (!Number.isInteger(now)) return;
      count.textContent = written.format(now);
      if (bar) bar.value = Math.min(now, bar.max);
      if (bar && left) left.textContent = written.format(Math.max(0, bar.max - now));
    } catch {
      // Not reachable for a moment: the number in the page stays as it was served.
    }
  };
  setInterval(look, 20000);
}
