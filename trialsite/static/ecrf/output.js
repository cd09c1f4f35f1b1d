// The bar of an output that is being made moves: the page is asked for anew, ever more seldom, and for ten minutes at
// most, so that an unattended desk is still signed out. Once it is made the page itself says what comes next.
"use strict";

(() => {
  const bar = document.getElementById("progress");
  const until = Date.now() + 10 * 60 * 1000;
  let pause = 700;

  async function look() {
    if (Date.now() > until) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.redirected || !answer.ok) return location.reload();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("progress");
      if (!found || !found.hasAttribute("data-open")) return location.reload();
      bar.replaceChildren(...found.childNodes);
    } catch (error) {
      // The network is away: it is tried again.
    }
    pause = Math.min(pause * 1.2, 5000);
    setTimeout(look, pause);
  }

  setTimeout(look, pause);
})();
