// The address map: a cell a block, or several blocks. Pointing, or the arrow keys, tell of a cell; a click, or Enter, opens it.
const SVG = "http://www.w3.org/2000/svg";
const GAP = 0.12;

function render({ model, el }) {
  const make = (tag, attributes, parent) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    parent?.append(node);
    return node;
  };
  let at = 0, wide = 8, cells = [], mark = null, picture = null;

  const head = document.createElement("div");
  head.className = "ipk-map-head";
  const frame = document.createElement("div");
  frame.className = "ipk-map-frame";
  const told = document.createElement("p");
  told.className = "ipk-map-told";
  told.setAttribute("aria-live", "polite");
  const legend = document.createElement("div");
  el.append(head, frame, told, legend);

  function draw() {
    const view = model.get("view");
    cells = (view.cells ?? []).map(kind => view.kinds[kind]);
    head.innerHTML = view.head ?? "";
    legend.innerHTML = view.legend ?? "";
    told.textContent = view.hint ?? "";
    at = 0;
    frame.replaceChildren();
    if (!cells.length) return;
    wide = view.columns;
    const high = Math.ceil(cells.length / wide);
    picture = make("svg", { viewBox: `0 0 ${wide} ${high}`, role: "application", tabindex: 0, "aria-label": view.label }, frame);
    picture.style.maxWidth = `${wide * 44}px`;
    const hatch = make("pattern", { id: `ipk-hatch-${view.id}`, width: 0.16, height: 0.16, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, make("defs", {}, picture));
    make("rect", { width: 0.05, height: 0.16, class: "reserved" }, hatch);
    // A path for all cells alike: thousands of elements would take longer to make than all that the kernel does.
    const paths = { free: [], claimed: [], hatched: [], used: [], lent: [] };
    const box = (kind, place, low, top) => {
      const x = (place % wide) + GAP / 2, y = Math.floor(place / wide) + GAP / 2, span = 1 - GAP;
      const height = Math.max(0, top - low) * span;
      paths[kind].push(`M${x.toFixed(3)} ${(y + (1 - top) * span).toFixed(3)}h${span}v${height.toFixed(4)}h${-span}z`);
    };
    cells.forEach((cell, place) => {
      if (cell.claimed < 1) box("free", place, 0, 1);
      if (cell.claimed) box("claimed", place, 0, cell.claimed);
      if (cell.reserved) box("hatched", place, 1 - cell.reserved, 1);
      const own = cell.used - cell.borrowed;
      if (own > 0) box("used", place, 0, Math.max(own, 0.06));
      if (cell.borrowed > 0) box("lent", place, own, Math.max(cell.used, own + 0.12));
    });
    for (const [kind, parts] of Object.entries(paths)) {
      const look = kind === "hatched" ? { fill: `url(#ipk-hatch-${view.id})` } : { class: kind };
      if (parts.length) make("path", { d: parts.join(""), ...look }, picture);
    }
    mark = make("rect", { width: 1, height: 1, class: "mark", visibility: "hidden" }, picture);
    picture.onpointermove = event => point(placeOf(event));
    picture.onpointerleave = () => { if (document.activeElement !== picture) unmark(view); };
    picture.onclick = event => open(placeOf(event));
    picture.onfocus = () => point(at);
    picture.onblur = () => unmark(view);
    picture.onkeydown = event => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide, Home: -at, End: cells.length - 1 - at }[event.key];
      if (step !== undefined) point(Math.min(cells.length - 1, Math.max(0, at + step)));
      else if (event.key === "Enter" || event.key === " ") open(at);
      else if (event.key === "Escape") model.send({ action: "out" });
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
  }
  function placeOf(event) {
    const area = picture.getBoundingClientRect();
    const size = area.width / wide;
    return Math.floor((event.clientY - area.top) / size) * wide + Math.floor((event.clientX - area.left) / size);
  }
  function point(place) {
    if (!cells[place]) return;
    at = place;
    mark.setAttribute("x", place % wide);
    mark.setAttribute("y", Math.floor(place / wide));
    mark.setAttribute("visibility", "visible");
    told.textContent = `${model.get("view").ranges[place]}: ${cells[place].text}`;
  }
  function unmark(view) {
    mark?.setAttribute("visibility", "hidden");
    told.textContent = view.hint ?? "";
  }
  function open(place) {
    if (cells[place]) model.send({ action: "in", value: place });
  }
  head.onclick = event => {
    const button = event.target.closest("[data-action]");
    if (button) model.send({ action: button.dataset.action, value: button.dataset.value ?? "" });
  };
  head.onchange = event => model.send({ action: event.target.dataset.action, value: event.target.value });
  model.on("change:view", draw);
  draw();
  return () => model.off("change:view", draw);
}
export default { render };
