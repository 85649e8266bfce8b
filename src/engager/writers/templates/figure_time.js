// Time drawn wider: marks move along the axes of days, letters and symbols keep their size, and new ticks are set.

const STEPS = [1, 2, 5, 7, 10, 14, 20, 28, 50, 100, 200, 500, 1000, 2000, 5000];
const MOST = 64; // times the width
const THIN = 2; // points: a mark that narrow stands at a time and does not last
const STRIP = 16; // points under an axis in which its ticks stand

function bindTime(card, svg) {
  const axes = JSON.parse(card.dataset.time ?? "[]");
  if (!axes.length) return null;
  const plot = svg.querySelector(".role-frame > g > g");
  let found = null; // looked for when time is first stretched
  const parts = () => (found ??= axes.map((axis) => ({ axis, moved: placed(plot, axis), clip: clipFor(svg, axis), ticks: null })));
  let from = 0;
  let to = 1;
  let drag = null;
  let moved = false;

  const draw = () => {
    for (const part of parts()) stretch(plot, part, from, to);
    card.classList.toggle("zoomed", to - from < 1);
  };
  const view = (start, end) => {
    const width = Math.min(1, Math.max(1 / MOST, end - start));
    from = Math.min(Math.max(0, (start + end - width) / 2), 1 - width);
    to = from + width;
    draw();
  };
  const share = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse());
    const axis = axes.find(({ left, right, top, foot }) => at.x >= left && at.x <= right && at.y >= top && at.y <= foot + STRIP);
    return axis && { at: (at.x - axis.left) / (axis.right - axis.left), axis };
  };
  card.addEventListener("pointerdown", (event) => {
    const place = event.pointerType !== "touch" && event.button === 0 && share(event);
    moved = false;
    if (!place) return;
    event.preventDefault();
    card.focus({ preventScroll: true });
    drag = { start: place.at, axis: place.axis, x: event.clientX, from, to, box: null };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag || Math.abs(event.clientX - drag.x) < 5 && !moved) return;
    moved = true;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse());
    const here = Math.min(1, Math.max(0, (at.x - drag.axis.left) / (drag.axis.right - drag.axis.left)));
    drag.end = here;
    if (drag.to - drag.from < 1) {
      const by = (drag.start - here) * (drag.to - drag.from);
      view(drag.from + by, drag.to + by);
    } else {
      drag.box ??= plot.appendChild(document.createElementNS(SVG, "rect"));
      const { left, right, top, foot } = drag.axis;
      const [one, other] = [Math.min(drag.start, here), Math.max(drag.start, here)];
      const sizes = { x: left + one * (right - left), width: (other - one) * (right - left), y: top, height: foot - top, fill: "#4F6D8A", opacity: 0.2 };
      for (const [name, size] of Object.entries(sizes)) drag.box.setAttribute(name, size);
    }
  });
  window.addEventListener("pointerup", () => {
    if (!drag) return;
    const { start, end, box } = drag;
    drag = null;
    box?.remove();
    if (box && Math.abs(end - start) > 0.01) view(Math.min(start, end), Math.max(start, end));
  });
  card.addEventListener("dblclick", () => view(0, 1));

  return {
    dragging: () => drag !== null && moved,
    dragged: () => moved,
    key(name) {
      const middle = (from + to) / 2;
      const width = { "+": (to - from) / 2, "-": (to - from) * 2, 0: 1 }[name];
      if (width === undefined) return false;
      view(middle - width / 2, middle + width / 2);
      return true;
    },
    reveal(element) {
      if (to - from === 1) return;
      const part = parts().find(({ moved: own }) => own.some((each) => each.element === element));
      const own = part?.moved.find((each) => each.element === element);
      if (!own) return;
      const at = (own.x - part.axis.left) / (part.axis.right - part.axis.left);
      if (at < from || at > to) view(at - (to - from) / 2, at + (to - from) / 2);
    },
  };
}

const placeOf = (element) => (element.getAttribute("transform") ?? "").match(/translate\(([-\d.]+),([-\d.]+)\)/)?.slice(1).map(Number);

// What stands between the ends of an axis, with its place: all marks, and the ticks of an axis beneath.
function placed(plot, axis) {
  const found = [];
  for (const element of plot.querySelectorAll(".role-mark > *, .role-axis-tick > line, .role-axis-label > text")) {
    const own = placeOf(element);
    const frame = element.closest(".role-axis") ? placeOf(element.closest(".role-axis").querySelector("g")) ?? [0, 0] : [0, 0];
    const box = own ? null : element.getBBox();
    const x = own ? own[0] + frame[0] : box.x + box.width / 2;
    const y = own ? own[1] + frame[1] : box.y + box.height / 2;
    if (x < axis.left - 1 || x > axis.right + 1 || y < axis.top || y > axis.foot + STRIP + axis.depth) continue;
    const upright = element.tagName === "line" && Number(element.getAttribute("x2") ?? 0) === 0;
    const tick = y >= axis.foot - 0.5 && y <= axis.foot + STRIP && (upright || /^-?\d+$/.test(element.textContent.trim()) && element.tagName === "text");
    // An axis at the side has its ticks at the height of values.
    if (element.closest(".role-axis") && !tick) continue;
    const span = ["x2", "y2"].map((name) => Number(element.getAttribute(name) ?? 0));
    found.push({ element, x, y, tick, span, own });
  }
  return found;
}

function clipFor(svg, axis) {
  const clip = document.createElementNS(SVG, "clipPath");
  clip.id = `${svg.getAttribute("aria-labelledby").split(" ")[0]}-time-${Math.round(axis.left)}-${Math.round(axis.top)}`;
  clip.append(document.createElementNS(SVG, "rect"));
  svg.append(clip);
  return clip;
}

function stretch(plot, part, from, to) {
  const { axis, clip } = part;
  const whole = to - from === 1;
  const width = axis.right - axis.left;
  const scale = 1 / (to - from);
  const start = axis.left + from * width;
  const across = (x) => axis.left + (x - start) * scale;
  // The clip stretches with what it cuts: in the places of the paths it holds what is seen of them.
  const sizes = { x: start, width: width / scale, y: axis.top - 10, height: axis.foot - axis.top + 10 + axis.depth + STRIP };
  for (const [name, size] of Object.entries(sizes)) clip.firstChild.setAttribute(name, size);
  for (const each of part.moved) place(each, { whole, scale, across, axis, clip, shift: axis.left - start * scale });
  part.ticks?.remove();
  part.ticks = whole ? null : plot.appendChild(ticks(part, from, to, across));
}

function place({ element, x, y, tick, span, own }, { whole, scale, across, axis, clip, shift }) {
  if (tick) { element.style.visibility = whole ? "" : "hidden"; return; }
  if (!own) {
    const box = element.getBBox();
    if (whole) for (const name of ["transform", "clip-path", "vector-effect"]) element.removeAttribute(name);
    else if (box.width < THIN) element.setAttribute("transform", `translate(${across(x) - x},0)`);
    else {
      element.setAttribute("transform", `translate(${shift},0) scale(${scale},1)`);
      element.setAttribute("clip-path", `url(#${clip.id})`);
      element.setAttribute("vector-effect", "non-scaling-stroke");
    }
    element.style.visibility = across(box.x + box.width) < axis.left || across(box.x) > axis.right ? "hidden" : "";
    return;
  }
  const [left, right] = [across(x), across(x + span[0])];
  const within = [Math.max(axis.left, Math.min(left, right)), Math.min(axis.right, Math.max(left, right))];
  element.style.visibility = whole || within[0] <= within[1] + 0.01 ? "" : "hidden";
  if (element.tagName !== "line") { element.setAttribute("transform", `translate(${across(x)},${y})`); return; }
  // A line is cut at the ends of the axis, a slanting one at its height there.
  const height = (at) => (right === left ? 0 : (at - left) / (right - left) * span[1]);
  const [first, last] = left <= right ? within : [within[1], within[0]];
  element.setAttribute("transform", `translate(${whole ? x : first},${y + (whole ? 0 : height(first))})`);
  element.setAttribute("x2", whole ? span[0] : last - first);
  element.setAttribute("y2", whole || right === left ? span[1] : height(last) - height(first));
}

function ticks({ axis, moved }, from, to, across) {
  const group = document.createElementNS(SVG, "g");
  const days = axis.last - axis.first;
  const [first, last] = [axis.first + from * days, axis.first + to * days];
  const step = STEPS.find((each) => (last - first) / each <= Math.max(3, (axis.right - axis.left) / 40)) ?? STEPS.at(-1);
  const label = moved.find(({ tick, element }) => tick && element.tagName === "text");
  const mark = moved.find(({ tick, element }) => tick && element.tagName === "line");
  for (let day = Math.ceil(first / step) * step; day <= last; day += step) {
    const x = across(axis.left + (day - axis.first) / days * (axis.right - axis.left));
    for (const [like, words] of [[mark, null], [label, String(day)]]) {
      if (!like) continue;
      const copy = like.element.cloneNode(false);
      copy.style.visibility = "";
      copy.removeAttribute("data-r");
      copy.setAttribute("transform", `translate(${x},${like.y})`);
      if (words !== null) { copy.textContent = words; copy.setAttribute("text-anchor", "middle"); }
      group.append(copy);
    }
  }
  return group;
}
