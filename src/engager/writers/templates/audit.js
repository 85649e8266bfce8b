"use strict";
(() => {
  const root = document.documentElement;
  const memory = {
    get: () => { try { return localStorage.getItem("engager-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("engager-theme", value); } catch { /* a page from a file may have no storage */ } },
  };
  const remembered = memory.get();
  if (remembered === "dark" || remembered === "light") root.dataset.theme = remembered;

  function bindTheme() {
    const button = document.getElementById("theme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const name = () => { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", `${button.textContent} theme`); };
    button.hidden = false;
    button.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; memory.set(root.dataset.theme); name(); });
    system.addEventListener("change", name);
    name();
  }

  function bindContents() {
    const contents = document.getElementById("contents");
    const wide = matchMedia("(min-width: 62rem)");
    const fit = () => { contents.open = wide.matches; };
    wide.addEventListener("change", fit);
    contents.addEventListener("click", (event) => { if (!wide.matches && event.target.closest("a")) contents.open = false; });
    fit();
  }

  function bindFilter() {
    const form = document.getElementById("filter");
    if (!form) return;
    const findings = [...document.querySelectorAll(".finding")].map((element) => ({
      element, rule: element.dataset.rule, group: element.closest(".group"), text: element.textContent.toLowerCase(),
    }));
    const told = form.querySelector(".told");
    const show = () => {
      const certainties = new Set([...form.querySelectorAll("[name=certainty]:checked")].map((box) => box.value));
      const rule = form.elements.rule.value;
      const word = form.elements.word.value.trim().toLowerCase();
      const groups = new Set();
      let count = 0;
      for (const finding of findings) {
        const wanted = certainties.has(finding.group.dataset.certainty) && (!rule || finding.rule === rule) && finding.text.includes(word);
        finding.element.hidden = !wanted;
        if (wanted) { count += 1; groups.add(finding.group); }
      }
      for (const group of document.querySelectorAll(".group")) group.hidden = !groups.has(group);
      told.textContent = `${count} of ${findings.length} shown`;
    };
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    show();
  }

  document.addEventListener("DOMContentLoaded", () => { bindTheme(); bindContents(); bindFilter(); });
})();
