// Charts as files: the SVG with its computed colours written into it, or drawn to PNG.
"use strict";
(() => {
  const chart = document.querySelector("[data-chart]");
  const box = document.querySelector("[data-save]");
  if (!chart || !box) return;
  box.hidden = false;
  const properties = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-family", "text-anchor"];

  function standalone() {
    const copy = chart.cloneNode(true);
    const from = [chart, ...chart.querySelectorAll("*")];
    const to = [copy, ...copy.querySelectorAll("*")];
    from.forEach((element, i) => {
      const style = getComputedStyle(element);
      for (const name of properties) to[i].setAttribute(name, style.getPropertyValue(name));
    });
    const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    ground.setAttribute("width", width);
    ground.setAttribute("height", height);
    ground.setAttribute("fill", getComputedStyle(document.documentElement).backgroundColor);
    copy.prepend(ground);
    for (const link of copy.querySelectorAll("a")) link.setAttribute("href", new URL(link.getAttribute("href"), location.href));
    return { text: new XMLSerializer().serializeToString(copy), width, height };
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  document.querySelector("[data-svg]").addEventListener("click", () => {
    save(new Blob([standalone().text], { type: "image/svg+xml" }), "fazhi-trend.svg");
  });
  document.querySelector("[data-png]").addEventListener("click", () => {
    const { text, width, height } = standalone();
    const picture = new Image();
    const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * width;
      canvas.height = 2 * height;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(url);
      canvas.toBlob((blob) => save(blob, "fazhi-trend.png"), "image/png");
    };
    picture.src = url;
  });
})();
