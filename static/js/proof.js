// Proof of work for a petition that asks for it: a second of arithmetic before the form is sent, so that a flood of
// forms is dear. It begins when somebody touches the form, never holds up a key press, and says nothing of her. If it
// fails, the form goes without it, and the letter takes the slower way.
"use strict";

const form = document.querySelector("form[data-challenge]");
const GUESSES_AT_ONCE = 64;
const KEPT_FOR = 50 * 60 * 1000; // a challenge is good for an hour
const PATIENCE = 20 * 1000; // nobody waits longer than this after pressing the button

const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

const guess = async (parameters, counter) => {
  const nonce = bytes(parameters.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(parameters.salt), iterations: parameters.cost };
  return hex(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
};

const solve = async () => {
  const answer = await fetch(form.dataset.challenge, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(PATIENCE / 2) });
  if (!answer.ok) throw new Error("no challenge");
  const challenge = await answer.json();
  for (let first = 0; ; first += GUESSES_AT_ONCE) {
    const counters = Array.from({ length: GUESSES_AT_ONCE }, (_, i) => first + i);
    const keys = await Promise.all(counters.map((counter) => guess(challenge.parameters, counter)));
    const found = keys.findIndex((key) => key.startsWith(challenge.parameters.keyPrefix));
    if (found >= 0) {
      const solution = { counter: first + found, derivedKey: keys[found] };
      return btoa(JSON.stringify({ challenge, solution }));
    }
  }
};

if (form && window.crypto && crypto.subtle) {
  const field = form.elements.namedItem("proof");
  let begun = 0;
  let work = null;
  const begin = () => {
    if (work && Date.now() - begun < KEPT_FOR) return work;
    begun = Date.now();
    work = solve().then(
      (proof) => { field.value = proof; },
      () => { field.value = ""; },
    );
    return work;
  };
  form.addEventListener("focusin", begin);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true"); // shows that something is done, as a small phone needs many seconds
    await Promise.race([begin(), new Promise((over) => setTimeout(over, PATIENCE))]);
    form.submit();
  });
  // Whoever comes back to this page has spent the proof that stood in it.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    work = null;
    form.removeAttribute("aria-busy");
  });
}
