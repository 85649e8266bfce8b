// Figures that answer: what a mark shows and of whom, the same patient everywhere, series, and the picture as a file.
// A mark names its result in data-r; what is told of it stands in the embedded results, as for every number of the page.

const REACH = 14; // pixels from the pointer within which a mark is meant
const SVG = "http://www.w3.org/2000/svg";

function bindFigures(data) {
  const tip = make("div", undefined, "tip");
  const spoken = make("div", undefined, "unseen");
  spoken.setAttribute("role", "status");
  document.body.append(tip, spoken);
  tip.hidden = true;
  const patients = bindPatients(data);
  const page = { data, tip, spoken, patients };
  for (const card of document.querySelectorAll(".card")) if (card.querySelector("svg")) bindFigure(card, page);
}

const seriesMark = (element) => element.closest(".mark-line, .mark-area") !== null;
const shown = (element) => !element.classList.contains("off") && element.style.visibility !== "hidden";

function bindFigure(card, page) {
  const { data, tip, spoken, patients } = page;
  const svg = card.querySelector("svg");
  const marks = [...svg.querySelectorAll("[data-r]")].filter((element) => !seriesMark(element));
  const time = bindTime(card, svg);
  bindTools(card, svg, time, data);
  if (!marks.length) return;
  let at = null;

  const told = (element) => data.results[element.dataset.r]?.told ?? [];
  const point = (element, speak) => {
    if (element === at) return;
    at?.classList.remove("at");
    at = element;
    card.classList.toggle("aimed", at !== null);
    tip.hidden = at === null;
    patients.look(at?.dataset.r);
    if (!at) return;
    at.classList.add("at");
    const [value, ...place] = told(at);
    tip.replaceChildren(make("strong", value), make("span", place.filter(Boolean).join(" \u00b7 ")));
    beside(tip, at.getBoundingClientRect());
    if (speak) spoken.textContent = `${value}, ${place.filter(Boolean).join(", ")}`;
  };
  const open = () => {
    if (!at) return;
    const id = at.dataset.r;
    point(null);
    location.hash = `#r=${encodeURIComponent(id)}`;
  };

  card.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch" && !time?.dragging()) point(nearest(marks, event.clientX, event.clientY)); });
  card.addEventListener("pointerleave", () => point(null));
  card.addEventListener("blur", () => point(null));
  card.addEventListener("click", (event) => {
    if (time?.dragged()) return;
    point(nearest(marks, event.clientX, event.clientY));
    card.focus({ preventScroll: true });
    open();
  });
  card.tabIndex = 0;
  if (!card.hasAttribute("role")) card.setAttribute("role", "group");
  card.setAttribute("aria-labelledby", card.closest("figure").querySelector("figcaption").id);
  card.setAttribute("aria-description", WORDS.keys);
  card.addEventListener("keydown", (event) => {
    if (event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined) {
      const down = event.key === "ArrowDown" || event.key === "ArrowUp";
      const next = walk(marks, at, step, down);
      if (next) { time?.reveal(next); next.scrollIntoView?.({ block: "nearest", inline: "nearest" }); point(next, true); }
    } else if (event.key === "Enter" && at) open();
    else if (event.key === "Escape" && at) point(null);
    else if (!time?.key(event.key)) return;
    event.preventDefault();
  });
}

function nearest(marks, x, y) {
  let best = null;
  let least = REACH;
  for (const mark of marks) {
    if (!shown(mark)) continue;
    const box = mark.getBoundingClientRect();
    const away = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    // Of two marks over each other the smaller one is meant.
    const cost = away + 0.03 * Math.sqrt(box.width * box.height);
    if (away <= REACH && cost < least) { best = mark; least = cost; }
  }
  return best;
}

// Left and right go through the marks by time, then from top to bottom; up and down through those of about one time.
function walk(marks, at, step, down) {
  const places = new Map(marks.filter((mark) => !mark.classList.contains("off")).map((mark) => [mark, mark.getBoundingClientRect()]));
  const order = [...places.keys()].sort((a, b) => {
    const [one, other] = [places.get(a), places.get(b)];
    return down ? one.top - other.top || one.left - other.left : one.left - other.left || one.top - other.top;
  });
  const now = order.indexOf(at);
  if (now < 0) return order[step === Infinity ? order.length - 1 : 0];
  return order[Math.max(0, Math.min(order.length - 1, now + step))];
}

function beside(tip, box) {
  const room = tip.getBoundingClientRect();
  const x = Math.min(Math.max(4, box.left + box.width / 2 - room.width / 2), innerWidth - room.width - 4);
  const above = box.top - room.height - 8;
  tip.style.left = `${x}px`;
  tip.style.top = `${above > 4 ? above : Math.min(box.bottom + 8, innerHeight - room.height - 4)}px`;
}

// Whoever is pointed at shows in every figure; in the dialog a patient can be kept.
function bindPatients(data) {
  const root = document.documentElement;
  const chip = make("button", undefined, "chip");
  chip.type = "button";
  chip.hidden = true;
  document.body.append(chip);
  let kept = null;
  let lit = null;
  const of = (id) => {
    const result = data.results[id];
    return result && result.patients_count === data.patient_sets[result.patients].length ? data.patient_sets[result.patients] : [];
  };
  const light = (patient) => {
    if (patient === lit) return;
    lit = patient;
    root.classList.toggle("focused", patient !== null);
    for (const element of document.querySelectorAll("[data-r]")) element.classList.toggle("lit", patient !== null && of(element.dataset.r).includes(patient));
    for (const row of document.querySelectorAll("tr.lit")) row.classList.remove("lit");
    if (patient === null || patient !== kept) return;
    const name = encodeURIComponent(`patient ${patient}`);
    for (const link of document.querySelectorAll(`a.n[href*="/${name}@"], a.n[href$="/${name}"]`)) link.closest("tr")?.classList.add("lit");
  };
  const keep = (patient) => {
    kept = patient;
    chip.hidden = patient === null;
    chip.textContent = patient === null ? "" : `${fill(WORDS.patient, { name: patient })} \u00d7`;
    chip.setAttribute("aria-label", patient === null ? "" : fill(WORDS.release, { name: patient }));
    lit = undefined;
    light(patient);
  };
  chip.addEventListener("click", () => keep(null));
  keepPatient = keep;
  return { look: (id) => { if (kept === null) light(of(id).length === 1 ? of(id)[0] : null); } };
}

let keepPatient = () => {};

function bindTools(card, svg, time, data) {
  const caption = card.closest("figure").querySelector("figcaption");
  const box = caption.querySelector(".files");
  for (const link of box?.querySelectorAll("a") ?? []) link.addEventListener("click", (event) => { event.preventDefault(); save(svg, link.getAttribute("href").split("/").at(-1)); });
  if (!time) return;
  const tools = make("span", undefined, "tools");
  for (const [sign, name, key] of [["+", WORDS.wider, "+"], ["\u2212", WORDS.narrower, "-"], ["1:1", WORDS.whole, "0"]]) {
    const button = make("button", sign);
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.title = name;
    button.addEventListener("click", () => time.key(key));
    tools.append(button);
  }
  box.append(tools, ...series(svg, data));
}

// Series to show or hide: groups, else series of courses, else what was measured of a patient.
function series(svg, data) {
  const elements = [...svg.querySelectorAll("[data-r]")].filter((element) => data.results[element.dataset.r]);
  const result = (element) => data.results[element.dataset.r];
  const keys = [
    (element) => (result(element).group.startsWith("patient ") ? null : result(element).group),
    (element) => (result(element).analysis.endsWith("_course") ? result(element).text : null),
    (element) => (result(element).analysis === "patient_course" ? result(element).told[2] || null : null),
  ];
  for (const [number, key] of keys.entries()) {
    const names = new Map();
    for (const element of elements) {
      const name = key(element);
      if (name !== null) names.set(name, number === 0 ? result(element).told?.[1] ?? name : name);
    }
    const all = number === 2 || elements.every((element) => key(element) !== null);
    if (!all || names.size < 2 || names.size > 12) continue;
    return [...names].map(([name, words]) => {
      const button = make("button", words, "series");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") === "false";
        button.setAttribute("aria-pressed", String(on));
        for (const element of elements) if (key(element) === name) element.classList.toggle("off", !on);
      });
      return button;
    });
  }
  return [];
}

// The picture as it stands on the page, in its printed size; the page alone is enough for it.
function save(svg, name) {
  const copy = svg.cloneNode(true);
  for (const element of copy.querySelectorAll(".off, [style*='hidden']")) element.remove();
  for (const element of copy.querySelectorAll("[data-r]")) { element.removeAttribute("data-r"); element.removeAttribute("class"); }
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  copy.setAttribute("width", `${(width / 72 * 25.4).toFixed(2)}mm`);
  copy.setAttribute("height", `${(height / 72 * 25.4).toFixed(2)}mm`);
  const text = new XMLSerializer().serializeToString(copy);
  if (name.endsWith(".svg")) return download(new Blob([text], { type: "image/svg+xml" }), name);
  const picture = new Image();
  picture.addEventListener("load", () => {
    const canvas = make("canvas");
    canvas.width = Math.round(width / 72 * 300);
    canvas.height = Math.round(height / 72 * 300);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => download(blob, name), "image/png");
  });
  picture.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
}

function download(blob, name) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
