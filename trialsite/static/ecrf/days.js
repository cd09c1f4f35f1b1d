// A calendar beside every field for a day: for who points rather than types. What is chosen is typed into the field;
// whoever types needs no calendar, so the button is no stop of the Tab key.
"use strict";
(() => {
  for (const field of document.querySelectorAll("input[data-day]")) {
    const calendar = document.createElement("input"); // never shown itself: its picker opens beside the field
    calendar.type = "date";
    calendar.className = "calendar";
    calendar.tabIndex = -1;
    calendar.setAttribute("aria-hidden", "true");
    if (!calendar.showPicker) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.className = "pick";
    button.setAttribute("aria-label", `Calendar: ${document.querySelector(`label[for="${field.id}"]`)?.textContent.trim() || ""}`);
    const place = document.createElement("span");
    place.className = "day";
    field.before(place);
    place.append(field, button, calendar);
    button.addEventListener("click", () => {
      try { calendar.showPicker(); } catch { field.focus(); }
    });
    calendar.addEventListener("change", () => {
      if (!calendar.value) return;
      field.value = calendar.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }
})();
