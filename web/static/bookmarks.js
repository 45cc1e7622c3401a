// The page of bookmarks.  The list lives in localStorage; a shared list travels in the address
// after the #, which browsers never send to a server.
"use strict";
(() => {
  const KINDS = { passage: "段落", report: "报告", search: "检索" };
  const STATES = { moved: "文字已移到另一处", changed: "文字有改动", lost: "该段已不在报告中", gone: "报告已移除", unknown: "未收录" };
  const shelf = $("[data-shelf]");
  shelf.hidden = false;
  const states = new Map();

  // Only addresses of this site's own pages are ever made into links.
  const own = (url) => typeof url === "string" && /^\/(reports|search|trend|compare)([/?]|$)/.test(url) && url.length < 4000;
  const text = (value, most) => (typeof value === "string" ? value.slice(0, most) : "");
  const tidy = (list) => (Array.isArray(list) ? list : []).filter((item) => item && own(item.url)).slice(0, 2000).map((item) => ({
    kind: item.kind in KINDS ? item.kind : "search", url: item.url, title: text(item.title, 300), sub: text(item.sub, 500), note: text(item.note, 2000),
    tags: (Array.isArray(item.tags) ? item.tags : []).filter((tag) => typeof tag === "string" && tag).map((tag) => tag.slice(0, 40)).slice(0, 20), added: text(item.added, 10),
  }));

  let shared = null;
  if (location.hash.startsWith("#l=")) {
    try {
      const bytes = Uint8Array.from(atob(location.hash.slice(3).replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      shared = tidy(JSON.parse(new TextDecoder().decode(bytes)));
    } catch { say(t("这个分享链接不完整")); }
  }
  let items = shared ?? tidy(kept.read("bookmarks", []));
  const save = () => { if (!shared && !kept.write("bookmarks", items)) say(t("浏览器不允许保存")); };
  const inform = (message) => { $("[data-said]").textContent = message; };

  if (shared) {
    $("[data-shared]").hidden = false;
    $("[data-shared-text]").textContent = t("这是别人分享的 {n} 条收藏。", shared.length);
    $("[data-shared-keep]").addEventListener("click", () => {
      const mine = tidy(kept.read("bookmarks", []));
      const known = new Set(mine.map((item) => item.url));
      kept.write("bookmarks", [...mine, ...shared.filter((item) => !known.has(item.url))]);
      location.href = "/bookmarks";
    });
  }

  function chosen() {
    const tag = $("[data-tag]").value, wanted = $("[data-filter]").value.trim();
    return items.filter((item) => (!tag || item.tags.includes(tag)) && (!wanted || [item.title, item.sub, item.note, ...item.tags].some((part) => part.includes(wanted))));
  }

  function draw() {
    const select = $("[data-tag]"), before = select.value;
    const tags = [...new Set(items.flatMap((item) => item.tags))].sort((a, b) => a.localeCompare(b, "zh"));
    select.replaceChildren(new Option(t("全部标签"), ""), ...tags.map((tag) => new Option(tag, tag)));
    select.value = tags.includes(before) ? before : "";
    $("[data-count]").textContent = items.length || "";
    $("[data-empty]").hidden = items.length > 0;
    $("[data-list]").replaceChildren(...chosen().map((item) => {
      const li = $("[data-item]").content.firstElementChild.cloneNode(true);
      $(".kind", li).textContent = t(KINDS[item.kind]);
      const link = $(".to", li);
      link.href = item.url;
      link.textContent = item.title || item.url;
      $(".sub", li).textContent = [item.sub, item.added].filter(Boolean).join(" · ");
      const state = states.get(item.url);
      $(".state", li).hidden = !(state in STATES);
      $(".state", li).textContent = t(STATES[state] ?? "");
      const edit = $(".edit", li);
      if (shared) { edit.remove(); if (item.note) $(".sub", li).append(" · " + item.note); return li; }
      $(".note", li).value = item.note;
      $(".tags", li).value = item.tags.join(" ");
      $(".note", li).addEventListener("change", (event) => { item.note = event.target.value; save(); });
      $(".tags", li).addEventListener("change", (event) => { item.tags = [...new Set(event.target.value.split(/[\s,，、]+/).filter(Boolean))]; save(); draw(); });
      const shift = (by) => { const i = items.indexOf(item), j = i + by; if (j < 0 || j >= items.length) return; items.splice(i, 1); items.splice(j, 0, item); save(); draw(); };
      $(".up", li).addEventListener("click", () => shift(-1));
      $(".down", li).addEventListener("click", () => shift(1));
      $(".drop", li).addEventListener("click", () => { items = items.filter((one) => one !== item); save(); draw(); inform(t("已取消收藏")); });
      return li;
    }));
  }

  // What has become of each report and passage.
  async function check() {
    for (const item of items.filter((one) => one.url.startsWith("/reports/"))) {
      try {
        const answer = await fetch("/api/v1/links" + item.url.slice("/reports".length).replace(/#.*/, ""));
        if (answer.ok) states.set(item.url, (await answer.json()).state);
      } catch { /* offline: nothing is said */ }
    }
    if ([...states.values()].some((state) => state in STATES)) draw();
  }

  const escapeMd = (value) => value.replace(/[\\`*_{}[\]<>#|]/g, "\\$&").replace(/\s+/g, " ");
  const harmless = (value) => (/^\s*[=+\-@＝＋－＠\t\r]/.test(value) ? "'" + value : value);
  const cell = (value) => `"${harmless(String(value)).replace(/"/g, '""')}"`;
  // The site writes citations; of what it no longer holds, only title and address are known.
  async function cite(item) {
    if (item.kind === "search") return "";
    try {
      const answer = await fetch("/cite" + item.url.slice("/reports".length));
      if (answer.ok) return (await answer.text()).trim();
    } catch { /* offline */ }
    return `${item.title}. ${location.origin}${item.url}`;
  }
  const OUT = {
    json: (list) => [JSON.stringify({ fazhi: 1, bookmarks: list }, null, 1), "application/json"],
    md: (list, cited) => [`# ${t("收藏")}\n\n${list.map((item, i) => [
      `- [${escapeMd(item.title)}](${location.origin}${item.url.replace(/[()]/g, encodeURIComponent)})${item.sub ? " · " + escapeMd(item.sub) : ""}`,
      item.note && escapeMd(item.note),
      cited[i] && escapeMd(cited[i]),
    ].filter(Boolean).join("\n  ")).join("\n")}\n`, "text/markdown"],
    csv: (list, cited) => ["\ufeff" + [["类型", "标题", "位置", "备注", "标签", "收藏日期", "链接", "引文"].map((name) => t(name)),
      ...list.map((item, i) => [t(KINDS[item.kind]), item.title, item.sub, item.note, item.tags.join(" "), item.added, location.origin + item.url, cited[i]])]
      .map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n", "text/csv"],
  };
  for (const button of $$("[data-out]")) button.addEventListener("click", async () => {
    const list = chosen(), cited = [];
    if (button.dataset.out !== "json") for (const item of list) cited.push(await cite(item));
    const [body, type] = OUT[button.dataset.out](list, cited);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([body], { type: type + ";charset=utf-8" }));
    link.download = "fazhi-bookmarks." + button.dataset.out;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  $("[data-in]").addEventListener("change", async (event) => {
    try {
      const read = JSON.parse(await event.target.files[0].text());
      const known = new Set(items.map((item) => item.url));
      const fresh = tidy(read.bookmarks ?? read).filter((item) => !known.has(item.url));
      items = [...items, ...fresh];
      save();
      draw();
      inform(t("导入了 {n} 条", fresh.length));
    } catch { inform(t("这个文件不是收藏备份，没有导入。")); }
  });
  $("[data-share]").addEventListener("click", () => {
    const bytes = new TextEncoder().encode(JSON.stringify(chosen()));
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    copy(`${location.origin}/bookmarks#l=${btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`, t("分享链接已复制"));
  });
  $("[data-tag]").addEventListener("change", draw);
  $("[data-filter]").addEventListener("input", draw);
  addEventListener("hashchange", () => location.reload());

  const recent = kept.read("recent", []).filter((one) => one && own(one.url)).slice(0, 12);
  $("[data-recent-box]").hidden = !recent.length;
  $("[data-recent]").replaceChildren(...recent.map((one) => {
    const li = document.createElement("li"), link = document.createElement("a"), span = document.createElement("span");
    link.href = one.url;
    span.textContent = text(one.title, 200);
    link.append(span);
    li.append(link);
    return li;
  }));
  $("[data-forget]").addEventListener("click", () => { kept.write("recent", []); $("[data-recent-box]").hidden = true; });
  draw();
  check();
})();
