// While a packet is built: move its bar, and show the finished page. Without scripts the page refreshes itself.
"use strict";

const look = async () => {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const bar = page.querySelector("progress[data-building]");
    if (!bar) return location.reload();
    document.querySelector("progress[data-building]").value = bar.value;
    document.title = page.title;
  } catch {
    // Not reachable for a moment: look again.
  }
  setTimeout(look, 2000);
};
setTimeout(look, 2000);
