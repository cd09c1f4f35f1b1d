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
  const aside = new Set(["csrfmiddlewaretoken", "version", "source", "reason_choice", "reason_words", "then"]);
  let pending = {};
  let underWay = false;
  let timer = 0;
  let leaving = false;

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

  function holds(condition) {
    if (condition.all) return condition.all.every(holds);
    if (condition.item) return condition.in.includes(answerOf(condition.item));
    if (condition.visit) return condition.visit.includes(form.dataset.visit);
    return !condition.not_visit.includes(form.dataset.visit);
  }

  function clear(item) {
    for (const field of item.querySelectorAll("[name]:not(output)")) {
      const was = field.type === "radio" ? field.checked : field.value !== "";
      if (field.type === "radio") field.checked = false; else field.value = "";
      if (was) note(field.name, "");
    }
  }

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
      const applies = holds(JSON.parse(item.dataset.when));
      if (!applies && !item.hidden) clear(item);
      item.hidden = !applies;
    }
    const open = items().filter((item) => shown(item) && !item.classList.contains("item-computed") && !isAnswered(item)).length;
    left.textContent = open ? `${open} open` : "all answered";
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
  const remember = () => {
    try {
      if (Object.keys(pending).length) sessionStorage.setItem(unsentKey, JSON.stringify(pending));
      else sessionStorage.removeItem(unsentKey);
    } catch { /* a browser that keeps nothing: the page itself still holds the answers */ }
  };
  const soon = (delay) => { clearTimeout(timer); timer = setTimeout(send, delay); };

  function note(name, value) {
    if (!name || aside.has(name)) return;
    pending[name] = value;
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
  const sayOut = () => say("trouble", "You are signed out. Your answers stay on this page and will be kept.", "Sign in again");

  async function send() {
    if (underWay || leaving || !Object.keys(pending).length) return;
    const changes = pending;
    pending = {};
    underWay = true;
    try {
      const answer = await fetch(form.dataset.draft, posted(changes));
      if (answer.ok) {
        const kept = await answer.json();
        remember();
        if (!Object.keys(pending).length) say("kept", `All changes saved as a draft, ${kept.kept_at}`);
        else if (said.dataset.state === "trouble") say("sending", "Keeping…");
        tell(kept);
      } else {
        pending = { ...changes, ...pending };
        remember();
        let delay = 2500;
        if (answer.type === "opaqueredirect" || answer.status === 401) {
          sayOut();
        } else if (answer.status === 403) {
          if (await freshToken()) delay = 100; else sayOut();
        } else {
          say("trouble", `Not kept yet (${answer.status}): trying again. Your answers stay on this page.`);
        }
        soon(delay);
      }
    } catch {
      pending = { ...changes, ...pending };
      remember();
      say("trouble", "No connection. Your answers stay on this page and are kept as soon as it is back.");
      soon(2000);
    } finally {
      underWay = false;
      if (leaving) leaving();
      else if (Object.keys(pending).length && said.dataset.state !== "trouble") soon(50);
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
      const box = item.querySelector("[data-troubles]");
      const lines = [...(kept.errors[name] || []).map((text) => ["error", text]),
        ...(kept.warnings[name] || []).map((text) => ["warning", text])];
      const now = lines.map(([, text]) => text).join("\n");
      if (box.dataset.now === now) continue;
      box.dataset.now = now;
      box.replaceChildren(...lines.map(([kind, text]) => {
        const line = document.createElement("p");
        line.className = `trouble trouble-${kind}`;
        line.textContent = `${kind === "error" ? "✕" : "!"} ${text}`;
        return line;
      }));
      item.classList.toggle("has-error", Boolean(kept.errors[name]));
    }
  }

  form.addEventListener("input", (event) => {
    note(event.target.name, event.target.value);
    unmark(event.target.name);
    soon(event.target.type === "radio" || event.target.tagName === "SELECT" ? 60 : 350);
    follow();
  });
  form.addEventListener("focusout", () => { if (Object.keys(pending).length) soon(0); });

  // A draft that is still on its way must not arrive after the save it belongs to.
  form.addEventListener("submit", (event) => {
    if (leaving === true) return;
    clearTimeout(timer);
    const button = event.submitter || save;
    if (underWay) {
      event.preventDefault();
      leaving = () => { leaving = true; pending = {}; form.requestSubmit(button); };
      return;
    }
    leaving = true;
    try { sessionStorage.removeItem(unsentKey); } catch { /* see remember() */ }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("beforeunload", (event) => {
    if (leaving !== true && Object.keys(pending).length && said.dataset.state === "trouble") event.preventDefault();
  });
  addEventListener("online", () => soon(0));
  // A tab that is closed a moment after an answer: the browser still delivers this.
  addEventListener("pagehide", () => {
    if (leaving !== true && Object.keys(pending).length) fetch(form.dataset.draft, { ...posted(pending), keepalive: true });
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
      form.requestSubmit(save);
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
  const scales = keyItems().filter((item) => item.classList.contains("item-keys"));
  const header = items().filter((item) => item.closest(".items-header"));
  if (scales.length >= 12 && header.every((item) => isAnswered(item) || item.dataset.item === "ended")) {
    const first = scales.find((item) => !isAnswered(item)) || scales[0];
    go(first, 0);
  }
})();
