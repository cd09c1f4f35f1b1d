// What is typed into a box that is not part of a form of the casebook (an answer to a query, a reason, an action) outlasts
// a session that ends: it is kept in this tab alone, for the person who typed it, until it was sent and taken.
// Forms of the casebook keep their drafts on the server (entry.js).
"use strict";
(() => {
  const { user } = document.currentScript.dataset;
  const KEPT = "ecrf-box:", SENT = "ecrf-box-sent";
  const mine = `${KEPT}${user}:${location.pathname}:`;

  let store;
  try { store = sessionStorage; store.length; } catch { return; } // a browser that keeps nothing

  const keys = () => Array.from({ length: store.length }, (_, n) => store.key(n)).filter((key) => key.startsWith(KEPT));
  const forget = (isWanted) => keys().filter(isWanted).forEach((key) => store.removeItem(key));

  // A page to sign in, or to show again who one is: what was sent a moment ago did not arrive.
  if (!user || location.pathname.startsWith("/accounts/")) { store.removeItem(SENT); return; }

  const isBox = (field) => field.name && !field.closest("#entry") && field.form?.method === "post"
    && (field.tagName === "TEXTAREA" || field.tagName === "SELECT" || ["text", "radio", "date"].includes(field.type))
    && field.autocomplete !== "one-time-code" && field.name !== "username";
  const boxes = () => [...document.querySelectorAll("textarea, select, input")].filter(isBox);
  const keyOf = (field) => `${mine}${[...document.forms].indexOf(field.form)}:${field.name}`;
  const keep = (field) => {
    try { store.setItem(keyOf(field), field.value); } catch { /* full: the page itself still holds it */ }
  };

  forget((key) => !key.startsWith(`${KEPT}${user}:`)); // somebody else uses the tab now
  const sentFrom = store.getItem(SENT);
  store.removeItem(SENT);
  if (sentFrom !== null) {
    const answered = boxes().filter((field) => field.defaultValue && field.tagName === "TEXTAREA");
    forget((key) => key.startsWith(`${KEPT}${user}:${sentFrom}:`));
    answered.forEach(keep); // refused: it stands on the page again, and is kept on
  }

  let restored = 0;
  for (const field of boxes()) {
    const text = store.getItem(keyOf(field));
    if (text === null || text === "") continue;
    if (field.type === "radio") { if (field.value === text) field.checked = true; continue; }
    if (field.value === text) continue;
    if (field.tagName === "TEXTAREA" && field.value !== "") continue;
    field.value = text;
    if (field.tagName === "TEXTAREA" || field.type === "text") restored += 1;
  }
  if (restored) {
    const note = document.createElement("p");
    note.className = "note note-info";
    note.setAttribute("role", "status");
    note.textContent = "What you typed here before is still there. It is not sent yet.";
    boxes()[0].form.prepend(note);
  }

  document.addEventListener("input", (event) => { if (isBox(event.target)) keep(event.target); });
  document.addEventListener("submit", (event) => {
    if (boxes().some((field) => field.form === event.target)) store.setItem(SENT, location.pathname);
  });
})();
