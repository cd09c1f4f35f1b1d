// The entry page: one key an answer, and nothing typed is ever lost.
// Every change goes to the server as a draft within a second; the server answers with what is impossible or implausible,
// by the same rules that judge the save. What could not be sent yet is kept for this tab and tried again.
"use strict";
(() => {
  const form = document.getElementById("entry");
  if (!form) return;
  const said = document.getElementById("keeping");
  const anchors = document.getElementById("anchors");
  const left = document.getElementById("left");
  const save = document.getElementById("save");
  const unsentKey = `ecrf-unsent:${form.dataset.user}:${form.dataset.draft}`;
  const aside = new Set(["csrfmiddlewaretoken", "version", "then", "kept"]);
  const PATIENCE = 10000; // milliseconds for one answer of the server
  let pending = {}; // typed and not sent yet
  let sent = {}; // under way, and not acknowledged yet
  let underWay = false;
  let timer = 0;
  let wish = null; // the button by which the person wants to save, once everything is kept
  let leaving = false;
  let locked = false; // the server said that nothing of this casebook is saved any more
  let refused = 0;
  let last = null; // the field in which one was
  // What a new page begins with (who rates, since when) is kept with the first answer: later it would be preset anew.
  let preset = "new" in form.dataset
    ? Object.fromEntries([...new FormData(form)].filter(([name, value]) => value !== "" && !aside.has(name))) : {};

  // -- what is on the page

  const items = () => [...form.querySelectorAll(".item[data-item]")];
  const shown = (item) => !item.hidden;
  const radios = (item) => [...item.querySelectorAll('input[type="radio"]')];
  const answerOf = (name) => {
    const field = form.elements[name];
    if (field instanceof HTMLOutputElement) return field.dataset.code; // computed by the server: read, never sent
    return field ? field.value ?? "" : "";
  };
  const isAnswered = (item) => answerOf(item.dataset.item) !== "" || answerOf(`${item.dataset.item}__missing`) !== "";
  const keyItems = () => items().filter((item) => shown(item) && radios(item).length);

  const isPut = (name) => !items().some((item) => item.dataset.item === name && item.hidden);

  function holds(condition) {
    if (condition.all) return condition.all.every(holds);
    if (condition.item) return isPut(condition.item) && condition.in.includes(answerOf(condition.item));
    if (condition.visit) return condition.visit.includes(form.dataset.visit);
    return !condition.not_visit.includes(form.dataset.visit);
  }

  // An answer under a question that is not put is set aside: it is not sent with the save, and there again when the
  // question is put again. The draft keeps it until the save.
  function show(item, applies) {
    item.hidden = !applies;
    for (const field of item.querySelectorAll("[name]:not(output)")) field.disabled = !applies;
  }

  // What the save would call missing: the same as the server counts (a rating typed as it is made ends when it is saved).
  const endsItself = () => form.dataset.ends !== undefined && answerOf("source") === "esource"
    && answerOf("rated_on") === form.dataset.ends && answerOf("started") !== "";
  const missing = () => items().filter((item) => "required" in item.dataset && shown(item) && !isAnswered(item)
    && !(item.dataset.item === "ended" && endsItself()));

  // An answer takes the place of the mark that there is none.
  function unmark(name) {
    if (name.includes("__") || answerOf(name) === "" || answerOf(`${name}__missing`) === "") return;
    for (const mark of [`${name}__missing`, `${name}__why`]) {
      form.elements[mark].value = "";
      note(mark, "");
    }
  }

  function follow() {
    for (const item of items()) {
      if (!item.dataset.when) continue;
      show(item, holds(JSON.parse(item.dataset.when)));
    }
    const open = missing().length;
    left.textContent = open ? `${open} missing` : "nothing missing";
  }

  // -- keeping

  const say = (state, text, link) => {
    said.dataset.state = state;
    said.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = `/accounts/login/?next=${encodeURIComponent("/")}`;
      anchor.target = "_blank";
      anchor.rel = "noopener";
      anchor.textContent = link;
      said.append(" ", anchor);
    }
  };
  const unacknowledged = () => ({ ...sent, ...pending });
  const isAnythingOpen = () => Object.keys(unacknowledged()).length > 0;
  const remember = () => {
    try {
      if (isAnythingOpen()) sessionStorage.setItem(unsentKey, JSON.stringify(unacknowledged()));
      else sessionStorage.removeItem(unsentKey);
    } catch { /* a browser that keeps nothing: the page itself still holds the answers */ }
  };
  const soon = (delay) => { clearTimeout(timer); timer = setTimeout(send, delay); };

  function note(name, value) {
    if (!name || aside.has(name)) return;
    pending = { ...preset, ...pending, [name]: value };
    preset = {};
    remember();
    if (said.dataset.state !== "trouble") say("sending", "Keeping…");
  }

  async function freshToken() {
    const page = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
    if (!page.ok) return false;
    const found = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
    if (found) for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = found.value;
    return Boolean(found);
  }

  const posted = (changes) => ({
    method: "POST", credentials: "same-origin", redirect: "manual",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    body: JSON.stringify({ changes, version: form.elements.version.value === "" ? null : Number(form.elements.version.value) }),
  });
  const notSaved = () => wish ? " Nothing was saved yet: save again when all is kept." : "";
  const sayOut = () => say("trouble", `You are signed out. Your answers stay on this page and will be kept.${notSaved()}`, "Sign in again");

  async function send() {
    if (underWay || leaving || locked || !Object.keys(pending).length) return;
    sent = pending;
    pending = {};
    underWay = true;
    try {
      const answer = await fetch(form.dataset.draft, { ...posted(sent), signal: AbortSignal.timeout(PATIENCE) });
      if (answer.ok) {
        const kept = await answer.json();
        const answered = sent;
        const wasTrouble = said.dataset.state === "trouble";
        sent = {};
        refused = 0;
        remember();
        if (!Object.keys(pending).length) say("kept", `All changes saved as a draft, ${kept.kept_at}`);
        else if (said.dataset.state === "trouble") say("sending", "Keeping…");
        readBack(kept.read || {}, answered);
        tell(kept);
        if (wasTrouble && last && document.activeElement === document.body) last.focus(); // back where one was
      } else if (answer.status === 423) {
        lock((await answer.json()).locked);
      } else {
        await notKept(answer);
      }
    } catch {
      again(2000);
      say("trouble", `No connection. Your answers stay on this page and are kept as soon as it is back.${notSaved()}`);
    } finally {
      underWay = false;
      if (said.dataset.state === "trouble") wish = null; // nothing is saved minutes later, behind the person's back
      else if (Object.keys(pending).length) soon(wish ? 0 : 50);
      else if (wish) { leave(); form.requestSubmit(wish); }
    }
  }

  // Everything typed here is in the draft by now: whatever else the draft holds was typed on another page.
  function leave() {
    leaving = true;
    if (form.elements.kept) form.elements.kept.value = "1";
  }

  // The casebook was locked while the page was open: it says so, and what was typed stays to be read.
  function lock(sentence) {
    locked = true;
    wish = null;
    sent = {};
    pending = {};
    remember();
    say("trouble", sentence);
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
    for (const field of form.querySelectorAll("input, textarea, select")) {
      if (["text", "textarea"].includes(field.type)) field.readOnly = true; else field.disabled = true;
    }
  }

  function again(delay) {
    pending = unacknowledged();
    sent = {};
    remember();
    soon(delay);
  }

  async function notKept(answer) {
    let delay = 2500;
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      sayOut();
    } else if (answer.status === 403) { // signed in anew elsewhere: the page's token is of the last session
      refused += 1;
      if (!await freshToken()) sayOut();
      else if (refused < 3) delay = 100;
      else say("trouble", `Your role does not enter this form any more. Your answers stay on this page; ask the data manager.${notSaved()}`);
    } else {
      say("trouble", `Not kept yet (${answer.status}): trying again. Your answers stay on this page.${notSaved()}`);
    }
    again(delay);
  }

  // A date as it was understood, in the words of every other page: once the field is left, so that nothing moves under
  // the hands. What is kept stays as it was typed; both are the same day.
  function readBack(read, answered) {
    for (const [name, text] of Object.entries(read)) {
      const field = form.elements[name];
      if (field && field.type === "text" && field !== document.activeElement && field.value === answered[name]) field.value = text;
    }
  }

  function tell(kept) {
    for (const [name, { code, text }] of Object.entries(kept.computed || {})) {
      const output = form.elements[name];
      if (!output || output.dataset.code === code) continue;
      output.dataset.code = code;
      output.value = text;
    }
    if (kept.computed) follow();
    for (const item of items()) {
      const name = item.dataset.item;
      if (put(item.querySelector("[data-troubles]"), name, kept)) item.classList.toggle("has-error", Boolean(kept.errors[name]));
    }
    for (const box of form.querySelectorAll("[data-troubles-of]")) put(box, box.dataset.troublesOf, kept);
  }

  // Puts what is said about a name into its box; false when it stands there already.
  function put(box, name, kept) {
    const lines = [...(kept.errors[name] || []).map((text) => ["error", text]),
      ...(kept.warnings[name] || []).map((text) => ["warning", text])];
    const now = lines.map(([, text]) => text).join("\n");
    if (box.dataset.now === now) return false;
    box.dataset.now = now;
    box.replaceChildren(...lines.map(([kind, text]) => {
      const line = document.createElement("p");
      line.className = `trouble trouble-${kind}`;
      line.textContent = `${kind === "error" ? "✕" : "!"} ${text}`;
      return line;
    }));
    return true;
  }

  form.addEventListener("input", (event) => {
    note(event.target.name, event.target.value);
    forgetTheClock(event.target.name);
    unmark(event.target.name);
    soon(event.target.type === "radio" || event.target.tagName === "SELECT" ? 60 : 350);
    follow();
  });
  // The clock of now is preset to a rating of today, and to no other: when the day is changed it goes, unless typed.
  function forgetTheClock(name) {
    const started = form.elements.started;
    if (name !== "rated_on" || !("new" in form.dataset) || !started || started.value === "") return;
    if (started.value !== started.defaultValue || answerOf("rated_on") === form.dataset.ends) return;
    started.value = "";
    note("started", "");
  }

  form.addEventListener("focusout", () => { if (Object.keys(pending).length) soon(0); });

  // First everything is kept as a draft, then the form is saved: a server that fails in between has lost nothing, and no
  // draft arrives after the save it belongs to.
  form.addEventListener("submit", (event) => {
    if (leaving) return;
    if (!isAnythingOpen()) { leave(); return; }
    event.preventDefault();
    wish = event.submitter || save;
    soon(0);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("beforeunload", (event) => {
    if (!leaving && isAnythingOpen() && said.dataset.state === "trouble") event.preventDefault();
  });
  addEventListener("online", () => soon(0));
  // A tab that is closed a moment after an answer: the browser still delivers this.
  addEventListener("pagehide", () => {
    if (!leaving && isAnythingOpen()) fetch(form.dataset.draft, { ...posted(unacknowledged()), keepalive: true });
  });

  // -- keys

  function go(item, step) {
    const all = keyItems();
    const place = all.indexOf(item) + step;
    if (place < 0) return;
    if (place >= all.length) { save.focus(); return; }
    const fields = radios(all[place]);
    (fields.find((field) => field.checked) || fields[0]).focus();
  }

  // Where Enter leads on: the next field of the column, then the button.
  function step(field, by) {
    const column = [...form.querySelectorAll("input[data-step]")];
    const here = field.matches("[data-step]") ? field : field.closest("tr")?.querySelector("[data-step]");
    const next = here ? column[column.indexOf(here) + by] : null;
    if (next) { next.focus(); next.select(); } else if (by > 0) save.focus();
  }

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const field = event.target;
    if (field === save && event.key === "Backspace") {
      event.preventDefault();
      const all = keyItems();
      if (all.length) go(all[all.length - 1], 0);
      return;
    }
    if (event.key === "Enter" && field.tagName === "INPUT") {
      event.preventDefault();
      if (form.dataset.enter === "next") step(field, event.shiftKey ? -1 : 1); else form.requestSubmit(save);
      return;
    }
    if (field.type !== "radio") return;
    const item = field.closest(".item[data-item]");
    if (!item) return;
    const key = event.key.toUpperCase();
    const chosen = radios(item).find((radio) => radio.value === event.key || (radio.value === key && /^[YN]$/.test(key)));
    if (chosen) {
      event.preventDefault();
      chosen.checked = true;
      chosen.dispatchEvent(new Event("input", { bubbles: true }));
      go(item, 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(item, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Backspace") {
      event.preventDefault();
      go(item, -1);
    }
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.name) last = event.target;
    const item = event.target.closest(".item-keys");
    anchors.textContent = item
      ? `${item.querySelector(".label").textContent.trim()}:  ` + [...item.querySelectorAll(".key")].map((key) => key.title || key.textContent.trim()).join("  ·  ")
      : "";
  });

  // -- beginning

  try {
    const unsent = JSON.parse(sessionStorage.getItem(unsentKey) || "{}");
    for (const [name, value] of Object.entries(unsent)) {
      const target = form.elements[name];
      if (!target) continue;
      target.value = value;
      pending[name] = value;
    }
    if (Object.keys(pending).length) soon(0);
  } catch { /* nothing was left over */ }
  follow();
  // A form that was saved and lacks answers opens on the first of them; a link to an answer on that one.
  const named = location.hash.startsWith("#item-") && document.getElementById(location.hash.slice(1));
  const lacking = "incomplete" in form.dataset ? missing()[0] : null;
  const target = named || lacking;
  const scales = keyItems().filter((item) => item.classList.contains("item-keys"));
  const header = items().filter((item) => item.closest(".items-header"));
  if (target) {
    const fields = [...target.querySelectorAll("input, select, textarea")].filter((field) => field.offsetParent !== null || field.type === "radio");
    (fields.find((field) => field.checked) || fields[0])?.focus();
    target.scrollIntoView({ block: "center" });
  } else if (scales.length >= 12 && header.every((item) => isAnswered(item) || item.dataset.item === "ended")) {
    const first = scales.find((item) => !isAnswered(item)) || scales[0];
    go(first, 0);
  } else {
    begin();
  }

  // Where the hands begin: at the trouble after a refusal, after a save at what it says, on a new page at the first
  // question that has no answer yet.
  function begin() {
    const trouble = form.querySelector(".has-error");
    const said = document.querySelector("main .note[data-said]");
    const open = "new" in form.dataset && items().find((item) => shown(item) && !item.matches(".item-computed") && !isAnswered(item));
    const item = trouble || (!said && open);
    if (item) (item.querySelector("input:checked") || item.querySelector("input, select, textarea"))?.focus();
    else if (said) said.focus();
  }
})();
