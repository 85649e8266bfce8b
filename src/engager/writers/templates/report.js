// The report: what is behind a number, and listings.

const make = (tag, text, className) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
};

// A number of the results, all its digits, with the decimal sign of the language.
const text = (value) => (typeof value === "number" ? String(value).replace(".", WORDS.point) : value);

function valueOf(result) {
  const value = make("p", undefined, "value");
  value.append(text(result.estimate ?? result.text ?? result.n ?? WORDS.not_estimable));
  if (result.estimate !== null && result.unit) value.append(" ", make("small", { 1: WORDS.fraction, d: WORDS.days }[result.unit] ?? result.unit));
  return value;
}

function intervalOf(result) {
  if (result.lower === null && result.upper === null) return null;
  const bound = (value) => (value === null ? WORDS.no_limit : text(value));
  const level = result.level === null ? "" : `, ${text(Number((100 * result.level).toPrecision(12)))} %`;
  return fill(WORDS.range, { lower: bound(result.lower), upper: bound(result.upper) }) + level;
}

function countOf(result) {
  if (result.n === null) return result.N === null ? null : fill(WORDS.of, { count: result.N });
  return result.N === null ? String(result.n) : fill(WORDS.n_of, { n: result.n, count: result.N });
}

function withRest(content, shown, count, words) {
  if (count <= shown) return content;
  const box = make("div");
  box.append(content, make("p", fill(words, { shown, count }), "rest"));
  return box;
}

function patientsOf(result) {
  if (!result.patients.length) return null;
  const list = make("ul", undefined, "who");
  for (const patient of result.patients) {
    const button = make("button", patient);
    button.type = "button";
    button.title = fill(WORDS.keep, { name: patient });
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", () => { document.getElementById("source").close(); keepPatient(patient); });
    const item = make("li");
    item.append(button);
    list.append(item);
  }
  return withRest(list, result.patients.length, result.patients_count, WORDS.first_patients);
}

function sourceTable(name, numbers, rows) {
  const known = numbers.filter((row) => rows[`${name}:${row}`]);
  if (!known.length) return null;
  const columns = [...new Set(known.flatMap((row) => Object.keys(rows[`${name}:${row}`])))];
  const table = make("table");
  const head = table.createTHead().insertRow();
  for (const column of [WORDS.row, ...columns]) head.append(make("th", column));
  const body = table.createTBody();
  for (const row of known) {
    const line = body.insertRow();
    line.append(make("th", row));
    for (const column of columns) line.append(make("td", rows[`${name}:${row}`][column] ?? ""));
  }
  const wrapper = make("div", undefined, "scroll");
  wrapper.tabIndex = 0;
  wrapper.append(table);
  return wrapper;
}

// 2, 3, 4, 7 as 2–4, 7: rows behind a number are often those of a whole table.
function runs(numbers) {
  const found = [];
  for (const number of numbers.map(Number)) {
    const last = found.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([first, last]) => (last - first > 1 ? `${first}\u2013${last}` : first === last ? `${first}` : `${first}, ${last}`)).join(", ");
}

function rowsOf(result, rows) {
  if (!result.sources.length) return null;
  const tables = new Map();
  for (const source of result.sources) {
    const cut = source.lastIndexOf(":");
    const name = source.slice(0, cut);
    tables.set(name, [...(tables.get(name) ?? []), source.slice(cut + 1)]);
  }
  const box = make("div");
  for (const [name, numbers] of tables) {
    numbers.sort((a, b) => a - b);
    box.append(make("p", fill(numbers.length === 1 ? WORDS.row_of : WORDS.rows_of, { table: name, numbers: runs(numbers) })));
    const table = sourceTable(name, numbers, rows);
    if (table) box.append(table);
  }
  return withRest(box, result.sources.length, result.sources_count, WORDS.first_rows);
}

function permalink(id) {
  const link = make("a", id, "id");
  link.href = `#r=${encodeURIComponent(id)}`;
  return link;
}

function describe(id, data) {
  const article = make("article");
  const row = data.results[id];
  if (!row) {
    article.append(make("p", fill(WORDS.unknown, { id })));
    return article;
  }
  const result = { ...row, patients: data.patient_sets[row.patients], sources: data.source_sets[row.sources] };
  const place = [result.analysis, result.name, result.group === "all" ? null : result.group, result.at && fill(WORDS.at, { place: result.at })];
  article.append(make("p", place.filter(Boolean).join(" · "), "place"), valueOf(result));
  const facts = make("dl");
  const fact = (name, content, className) => {
    if (content === null || content === "") return;
    const definition = make("dd", undefined, className);
    definition.append(content);
    facts.append(make("dt", name), definition);
  };
  fact(WORDS.interval, intervalOf(result));
  fact(WORDS.answer, result.estimate === null ? null : result.text);
  fact(WORDS.count, countOf(result));
  fact(WORDS.warning, result.warning, "warning");
  fact(WORDS.who, patientsOf(result));
  fact(WORDS.method, result.method);
  fact(WORDS.rows, rowsOf(result, data.rows));
  fact(WORDS.address, permalink(id));
  article.append(facts);
  return article;
}

const asked = () => (location.hash.startsWith("#r=") ? new URLSearchParams(location.hash.slice(1)).getAll("r") : []);

function follow(dialog, data) {
  const ids = asked();
  if (!ids.length) {
    if (dialog.open) dialog.close();
    return;
  }
  document.getElementById("source-title").textContent = ids.length === 1 ? WORDS.behind : fill(WORDS.behind_many, { count: ids.length });
  document.getElementById("source-body").replaceChildren(...ids.map((id) => describe(id, data)));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function forget() {
  if (!asked().length) return;
  try { history.replaceState(null, "", location.href.split("#")[0]); } catch { location.hash = ""; }
}

function bindDialog(data) {
  const dialog = document.getElementById("source");
  document.getElementById("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", forget);
  window.addEventListener("hashchange", () => follow(dialog, data));
  follow(dialog, data);
}

const LONG = 60;
const PAGE = 25;

function listing(box) {
  const rows = [...box.querySelectorAll("tbody tr")];
  if (rows.length <= LONG) return;
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const filter = make("input");
  filter.type = "search";
  filter.placeholder = WORDS.filter;
  filter.setAttribute("aria-label", fill(WORDS.filter_of, { table: box.querySelector(".caption").textContent.trim().split("\n")[0] }));
  const [back, on] = [WORDS.previous, WORDS.next].map((name) => { const button = make("button", name); button.type = "button"; return button; });
  const told = make("span", undefined, "told");
  told.setAttribute("role", "status");
  let page = 0;
  const show = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = rows.filter((_, index) => texts[index].includes(wanted));
    page = Math.max(0, Math.min(page, Math.ceil(found.length / PAGE) - 1));
    const seen = new Set(found.slice(page * PAGE, (page + 1) * PAGE));
    for (const row of rows) row.hidden = !seen.has(row);
    told.textContent = found.length ? fill(WORDS.page, { first: page * PAGE + 1, last: page * PAGE + seen.size, count: found.length }) : WORDS.no_row;
    back.disabled = page === 0;
    on.disabled = (page + 1) * PAGE >= found.length;
  };
  filter.addEventListener("input", () => { page = 0; show(); });
  back.addEventListener("click", () => { page -= 1; show(); });
  on.addEventListener("click", () => { page += 1; show(); });
  const controls = make("div", undefined, "listing");
  controls.append(filter, back, on, told);
  box.querySelector(".scroll").before(controls);
  show();
}

function bindListings() {
  for (const box of document.querySelectorAll(".table")) listing(box);
}

begin((data) => {
  bindListings();
  bindFigures(data);
  bindDialog(data);
});
