// The progress of a build without reloading; without scripts the page refreshes itself.
"use strict";

const PAUSE_MS = 1000;

async function follow() {
  const region = document.querySelector("[data-building]");
  while (region) {
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    let fresh;
    try {
      const answer = await fetch("/build", { headers: { Accept: "text/html" } });
      fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-building]");
    } catch {
      continue; // the server may be busy or restarting
    }
    if (!fresh) return location.replace("/build"); // done, or to be let in again
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const own = region.querySelector(`[data-part="${part.dataset.part}"]`);
      if (own.localName !== "progress") own.textContent = part.textContent;
      else if (part.hasAttribute("max")) { own.max = part.max; own.value = part.value; }
    }
  }
}

follow();
