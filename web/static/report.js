// Reading a report: land on the passage, step through the marks, follow the outline.
"use strict";
(() => {
  const land = document.querySelector("[data-land]");
  const start = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (land && !start) document.querySelector(".landed")?.scrollIntoView({ block: "center", behavior: "instant" });

  const marks = [...document.querySelectorAll(".text mark")];
  const step = document.querySelector("[data-step]");
  if (marks.length && step) {
    step.hidden = false;
    const where = step.querySelector("output");
    let at = -1;
    const show = () => { where.textContent = `${at + 1} / ${marks.length}`; };
    const go = (by) => {
      marks[at]?.classList.remove("now");
      if (at < 0 && by > 0) {
        const landed = marks.findIndex((m) => m.closest(".landed"));
        at = landed >= 0 ? landed - 1 : -1;
      }
      at = (at + by + marks.length) % marks.length;
      marks[at].classList.add("now");
      marks[at].scrollIntoView({ block: "center" });
      show();
    };
    show();
    step.querySelector("[data-next]").addEventListener("click", () => go(1));
    step.querySelector("[data-previous]").addEventListener("click", () => go(-1));
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
      if (event.key === "n") go(1);
      else if (event.key === "p") go(-1);
    });
    // A map of the marks along the scroll bar.
    const NS = "http://www.w3.org/2000/svg";
    const map = document.createElementNS(NS, "svg");
    map.classList.add("scrollmap");
    map.setAttribute("aria-hidden", "true");
    const draw = () => {
      const height = document.documentElement.scrollHeight;
      map.setAttribute("viewBox", "0 0 12 1000");
      map.setAttribute("preserveAspectRatio", "none");
      map.replaceChildren(...marks.map((mark) => {
        const rect = document.createElementNS(NS, "rect");
        rect.setAttribute("x", 4);
        rect.setAttribute("width", 8);
        rect.setAttribute("height", 3);
        rect.setAttribute("y", String(1000 * (mark.getBoundingClientRect().top + scrollY) / height));
        return rect;
      }));
    };
    document.body.append(map);
    draw();
    addEventListener("resize", draw);
  }

  // The outline follows.
  const links = [...document.querySelectorAll(".outline a")];
  const places = links.map((link) => document.getElementById(link.getAttribute("href").slice(1)));
  // What one came for says where one is, wherever on the screen it stands, until the reader moves.
  let came = start ?? document.querySelector(".landed");
  addEventListener("hashchange", () => { came = document.getElementById(decodeURIComponent(location.hash.slice(1))); follow(); });
  for (const moved of ["wheel", "touchmove", "keydown"]) addEventListener(moved, () => { came = null; }, { passive: true });
  const follow = () => {
    let now = -1;
    places.forEach((place, i) => {
      const before = came ? place && (place === came || came.contains(place) || place.compareDocumentPosition(came) & Node.DOCUMENT_POSITION_FOLLOWING) : place?.getBoundingClientRect().top < innerHeight / 3;
      if (before) now = i;
    });
    links.forEach((link, i) => { if (i === now) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
    const box = document.querySelector(".outline");
    if (now >= 0 && box.scrollHeight > box.clientHeight) box.scrollTop = links[now].offsetTop - box.clientHeight / 2;
  };
  let waiting = false;
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; follow(); }); } }, { passive: true });
  follow();
  const outline = document.querySelector(".outline details");
  if (outline) {
    if (matchMedia("(max-width: 52rem)").matches) outline.open = false;
    outline.dataset.ready = "";
  }

  const button = document.querySelector("[data-copy-text]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => copy(document.querySelector("[data-cite]").textContent, t("引文已复制")));
  }
})();
