"use strict";
(() => {
  const box = document.getElementById("search");
  const status = document.getElementById("found");
  const items = document.querySelectorAll("nav li"); // in the order of the articles
  const entries = Array.from(document.querySelectorAll("article"), (article, i) => ({
    article,
    item: items[i],
    text: article.textContent.toLowerCase(),
  }));
  const sections = document.querySelectorAll("section.kind");
  const titles = document.querySelectorAll("nav .navtitle"); // in the order of the sections

  function search() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const e of entries) {
      const hit = words.every((w) => e.text.includes(w));
      e.article.hidden = e.item.hidden = !hit;
      if (hit) shown++;
    }
    sections.forEach((s, i) => {
      s.hidden = titles[i].hidden = !s.querySelector("article:not([hidden])");
    });
    status.textContent = words.length === 0 ? "" : shown + " found";
  }

  box.addEventListener("input", search);
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && document.activeElement !== box && !e.ctrlKey && !e.metaKey && !e.altKey) {
      e.preventDefault();
      box.focus();
    } else if (e.key === "Escape" && document.activeElement === box) {
      box.value = "";
      search();
    }
  });
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.hidden) {
      box.value = "";
      search();
      target.scrollIntoView();
    }
  });
})();
