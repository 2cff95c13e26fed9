// Comforts of writing: a row of buttons over a text with marks, and how much of its room is used.
// Without scripts there is the plain field, with its marks explained below it.
"use strict";

for (const bar of document.querySelectorAll("[data-toolbar]")) {
  const area = document.getElementById(bar.dataset.toolbar);
  const buttons = [...bar.querySelectorAll("button")];
  if (!area) continue;

  // Put in as if it were typed, so that it can be taken back with Control+Z and is saved like what is typed.
  const put = (words, from, to) => {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, words)) {
      area.setRangeText(words, from, to, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const chosen = () => area.value.slice(area.selectionStart, area.selectionEnd);
  const around = (mark) => {
    const from = area.selectionStart, words = chosen();
    put(mark + words + mark, from, area.selectionEnd);
    area.setSelectionRange(from + mark.length, from + mark.length + words.length);
  };
  const before = (mark) => {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const lines = area.value.slice(from, area.selectionEnd).split("\n");
    put(lines.map((line) => mark + line).join("\n"), from, area.selectionEnd);
  };
  const link = () => {
    const from = area.selectionStart, words = chosen();
    put(`[${words}](https://)`, from, area.selectionEnd);
    if (words) area.setSelectionRange(from + words.length + 3, from + words.length + 11);
    else area.setSelectionRange(from + 1, from + 1);
  };
  // The first image that the text does not show yet, on a line of its own.
  const image = () => {
    const marks = bar.dataset.images.split(" ").filter(Boolean);
    const mark = marks.find((each) => !area.value.includes(`(${each})`)) || marks[0];
    const at = area.selectionEnd;
    if (mark) put(`${at && !area.value.slice(0, at).endsWith("\n\n") ? "\n\n" : ""}![](${mark})\n\n`, at, at);
  };
  const acts = {
    heading: () => before("## "), bold: () => around("**"), italic: () => around("*"), list: () => before("- "),
    quote: () => before("> "), link, image,
  };
  // One stop for the Tab key; the arrows go from button to button, as in every toolbar.
  const step = (to) => {
    for (const button of buttons) button.tabIndex = button === to ? 0 : -1;
    to.focus();
  };
  buttons.forEach((button, n) => {
    button.tabIndex = n ? -1 : 0;
    button.addEventListener("click", () => acts[button.dataset.act]());
  });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const turned = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + turned, ArrowLeft: at - turned, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    step(buttons[(to + buttons.length) % buttons.length]);
  });
  area.addEventListener("keydown", (event) => {
    const act = { b: acts.bold, i: acts.italic }[event.key.toLowerCase()];
    if (!act || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    act();
  });
  bar.hidden = false;
}

// Signs as the server counts them: one for each letter, also of those that a computer keeps in two halves.
for (const told of document.querySelectorAll("[data-counts]")) {
  const field = document.getElementById(told.dataset.counts);
  const written = new Intl.NumberFormat(document.documentElement.lang || undefined);
  const most = Number(told.dataset.most);
  const look = () => {
    let signs = 0;
    for (const _sign of field.value) signs += 1;
    told.textContent = told.dataset.words.replace("{n}", written.format(signs)).replace("{most}", written.format(most));
    told.classList.toggle("error", signs > most);
    told.setAttribute("role", signs > most ? "status" : "none");
  };
  if (!field) continue;
  field.addEventListener("input", look);
  look();
  told.hidden = false;
}
