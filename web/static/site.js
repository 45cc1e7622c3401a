// What every page gets on top of working without scripts: keys, stars, completions, copying.
// All links and forms are real ones; nothing here is needed to search or to read.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* The interface string in the page's language; {n} is filled. */
const t = (text, n = "") => (globalThis.ENGLISH?.[text] ?? text).replace("{n}", n);

/* What the browser keeps for the reader.  Storage may be full or forbidden: then nothing is kept. */
const kept = {
  read(name, otherwise) {
    try { return JSON.parse(localStorage.getItem("fazhi." + name)) ?? otherwise; } catch { return otherwise; }
  },
  write(name, value) {
    try { localStorage.setItem("fazhi." + name, JSON.stringify(value)); return true; } catch { return false; }
  },
};

function say(text) {
  $(".said")?.remove();
  const box = document.createElement("p");
  box.className = "said";
  box.setAttribute("role", "status");
  box.textContent = text;
  document.body.append(box);
  setTimeout(() => box.remove(), 2200);
}

async function copy(text, done = t("已复制")) {
  try { await navigator.clipboard.writeText(text); say(done); } catch { window.prompt(t("请复制："), text); }
}

/* Stars. An item is {kind, url, title, sub, note, tags, added}; its url is its identity. */
/* What a star stands for: said on it, or read off the hit or the group it stands in. */
function named(star) {
  const { star: kind, url, title, sub } = star.dataset;
  if (url) return { kind, url, title, sub };
  const group = star.closest(".group"), hit = star.closest(".hit"), link = $(hit ? "[data-hit]" : "h2 a", hit ?? group);
  const address = new URL(link.href), hash = address.searchParams.get("h");
  const parts = hit ? $$(".path .h", hit) : $$(".meta > span", group);
  return {
    kind,
    url: address.pathname + (hash ? "?h=" + hash : ""),
    title: $("h2", group).textContent.trim(),
    sub: parts.map((one) => one.textContent.trim()).join(hit ? " › " : " · "),
  };
}

function drawStars() {
  const urls = new Set(kept.read("bookmarks", []).map((item) => item.url));
  for (const star of $$("[data-star]")) {
    const { url, title } = named(star);
    const on = urls.has(url);
    star.hidden = false;
    star.textContent = on ? "★" : "☆";
    star.setAttribute("aria-pressed", String(on));
    star.setAttribute("aria-label", t("收藏：") + title);
  }
}

function toggleStar(star) {
  const items = kept.read("bookmarks", []), item = named(star);
  const at = items.findIndex((one) => one.url === item.url);
  if (at >= 0) items.splice(at, 1);
  else items.unshift({ ...item, note: "", tags: [], added: new Date().toISOString().slice(0, 10) });
  say(kept.write("bookmarks", items) ? t(at >= 0 ? "已取消收藏" : "已收藏") : t("浏览器不允许保存"));
  drawStars();
}

/* A text fragment beside a link's hash, for browsers that know them: the first clause that stands
   once in ``page``.  Clauses end at punctuation, where every browser sees the end of a word; the
   ends of an excerpt that was cut are none. */
function directive(text, page = text, cut = false) {
  const clauses = text.split(/[\s，。；：、！？…·“”‘’（）《》〈〉【】¶,.;:!?()]+/);
  const clause = (cut ? clauses.slice(1, -1) : clauses).find((one) => one.length > 5 && one.length < 60 && page.split(one).length === 2);
  return clause ? ":~:text=" + encodeURIComponent(clause).replace(/-/g, "%2D") : "";
}

for (const button of $$("[data-link]")) {
  button.hidden = false;
  button.textContent = "¶";
  button.title = t("复制这一段的链接");
  button.setAttribute("aria-label", button.title);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-link]");
  if (button) {
    const hit = button.closest(".hit"), text = $(".snippet", hit)?.textContent ?? "";
    return copy(location.origin + named($("[data-star]", hit)).url + $("[data-hit]", hit).hash + directive(text, text, true), t("链接已复制"));
  }
  const star = event.target.closest("[data-star]");
  if (star) return toggleStar(star);
  const pin = event.target.closest("[data-copy]");
  if (pin && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    copy(pin.href + directive(pin.closest(".block")?.innerText ?? "", document.body.innerText), t("链接已复制"));
    history.replaceState(null, "", pin.hash);
  }
});
addEventListener("storage", drawStars);
drawStars();

/* Light and dark. */
const themeSwitch = $("[data-theme-switch]");
if (themeSwitch) {
  themeSwitch.hidden = false;
  themeSwitch.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("fazhi.theme", root.dataset.theme); } catch { /* this visit only */ }
  });
}

/* Recent searches, for the page of bookmarks. */
if (location.pathname === "/search" && location.search) {
  const url = location.pathname + location.search;
  const recent = kept.read("recent", []).filter((one) => one.url !== url);
  recent.unshift({ url, title: document.title.split(" — ")[0] });
  kept.write("recent", recent.slice(0, 30));
}

/* Keys. */
let at = -1;
function move(step) {
  const hits = $$(".hit");
  if (!hits.length) return;
  hits[at]?.classList.remove("at");
  at = Math.min(Math.max(at + step, 0), hits.length - 1);
  hits[at].classList.add("at");
  $("[data-hit]", hits[at]).focus({ preventScroll: true });
  hits[at].scrollIntoView({ block: "nearest" });
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") { event.preventDefault(); const box = $("#q"); box?.focus(); box?.select(); }
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "s") { const star = $(".hit.at [data-star]") ?? $("[data-star]"); if (star) toggleStar(star); }
  else if (event.key === "?") listKeys();
});

/* The list of keys, over the page one is on. */
function listKeys() {
  let box = $(".keys");
  if (!box) {
    box = document.createElement("dialog");
    box.className = "keys";
    box.setAttribute("aria-label", t("键盘"));
    const list = document.createElement("dl");
    for (const [keys, what] of [["/", t("到检索框")], ["j k", t("下一条、上一条")], ["Enter", t("打开选中的一条")], ["s", t("收藏选中的一条，或当前页")], ["n p", t("报告中的下一处、上一处命中")], ["?", t("列出按键")], ["Esc", t("关闭")]]) {
      const name = document.createElement("dt"), said = document.createElement("dd");
      for (const key of keys.split(" ")) { const one = document.createElement("kbd"); one.textContent = key; name.append(one, " "); }
      said.textContent = what;
      list.append(name, said);
    }
    box.append(list);
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    document.body.append(box);
  }
  box.open ? box.close() : box.showModal();
}

/* Completions: a listbox under the box, per the ARIA combobox pattern. */
for (const box of $$("[data-suggest]")) {
  const list = document.createElement("ul");
  list.className = "offers";
  list.id = box.id + "-offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", t("补全"));
  list.hidden = true;
  box.after(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  let asked = "", timer = 0, chosen = -1;
  const close = () => { list.hidden = true; chosen = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const choose = (step) => {
    const offers = $$("li", list);
    if (!offers.length) return;
    chosen = (chosen + step + offers.length + 1) % (offers.length + 1);
    offers.forEach((one, i) => one.setAttribute("aria-selected", String(i === chosen)));
    if (chosen < offers.length) { box.value = offers[chosen].dataset.value; box.setAttribute("aria-activedescendant", offers[chosen].id); }
    else { box.value = asked; box.removeAttribute("aria-activedescendant"); }
  };
  const ask = async () => {
    asked = box.value;
    if (!asked.trim()) return close();
    try {
      const answer = await fetch("/api/v1/suggest?q=" + encodeURIComponent(asked));
      const { suggestions } = await answer.json();
      if (box.value !== asked || document.activeElement !== box) return;
      list.replaceChildren(...suggestions.map((one, i) => {
        const offer = document.createElement("li");
        offer.id = `${list.id}-${i}`;
        offer.setAttribute("role", "option");
        offer.setAttribute("aria-selected", "false");
        offer.dataset.value = asked.slice(0, asked.length - (asked.match(/[^\s"“”()（）|]*$/)?.[0].length ?? 0)) + one.text;
        const count = document.createElement("small");
        count.textContent = t(one.kind === "agency" ? "{n} 份报告" : "{n} 段", one.count);
        offer.append(one.text, count);
        return offer;
      }));
      list.hidden = !suggestions.length;
      chosen = suggestions.length;
      box.setAttribute("aria-expanded", String(!list.hidden));
    } catch { close(); }
  };
  box.addEventListener("input", (event) => { if (event.isComposing) return; clearTimeout(timer); timer = setTimeout(ask, 120); });
  box.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(-1); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
  });
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    const offer = event.target.closest("li");
    if (!offer) return;
    event.preventDefault();
    box.value = offer.dataset.value;
    close();
    box.form.requestSubmit();
  });
}

/* Years: drag across the bars to choose a range. */
for (const chart of $$(".overyears [data-years]")) {
  let from = null, to = null;
  const year = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-year]")?.dataset.year;
  const draw = () => $$("li", chart).forEach((li) => {
    const own = $("[data-year]", li).dataset.year;
    li.classList.toggle("brush", from !== null && own >= [from, to].sort()[0] && own <= [from, to].sort()[1]);
  });
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  chart.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse" && event.button === 0) from = to = year(event) ?? null; });
  chart.addEventListener("pointermove", (event) => { if (from !== null) { to = year(event) ?? to; if (to !== from) draw(); } });
  addEventListener("pointerup", () => {
    if (from !== null && to !== from) {
      const [low, high] = [from, to].sort();
      const form = $(".range");
      chart.addEventListener("click", (event) => event.preventDefault(), { once: true, capture: true });
      if (form) { form.elements.from.value = low; form.elements.to.value = high; form.requestSubmit(); }
    }
    from = to = null;
    draw();
  });
}
