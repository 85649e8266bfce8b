// What every page has: theme, contents, and words, which stand with the data in the page's language.

let WORDS = {};

const root = document.documentElement;
const memory = {
  get: () => { try { return localStorage.getItem("engager-theme"); } catch { return null; } },
  set: (value) => { try { localStorage.setItem("engager-theme", value); } catch { /* a page from a file may have no storage */ } },
};
const remembered = memory.get();
if (remembered === "dark" || remembered === "light") root.dataset.theme = remembered;

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function bindTheme() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const name = () => { button.textContent = dark() ? WORDS.light : WORDS.dark; button.setAttribute("aria-label", fill(WORDS.theme, { name: button.textContent })); };
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
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) links.get(entry.target.id)?.toggleAttribute("aria-current", entry.isIntersecting);
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of document.querySelectorAll("main section")) seen.observe(section);
}

// Called once by the script of a page: `bind` is given the data that stand in it.
function begin(bind) {
  document.addEventListener("DOMContentLoaded", () => {
    const data = JSON.parse(document.getElementById("embedded").textContent);
    WORDS = data.words;
    bindTheme();
    bindContents();
    bind(data);
  });
}
