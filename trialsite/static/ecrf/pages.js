/* N and P turn the pages while the focus is in the table, and nowhere else: a letter typed in a field stays a letter. */
"use strict";
(() => {
  const rows = document.getElementById("rows");
  rows?.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const rel = { n: "next", p: "prev" }[event.key.toLowerCase()];
    const link = rel && document.querySelector(`.pages a[rel=${rel}]`);
    if (link) link.click();
  });
})();
