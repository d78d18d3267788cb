// The address map: a cell is a block, or several blocks. Pointing, or the arrow keys, describe a cell; a click, or Enter, opens it.
const SVG = "http://www.w3.org/2000/svg";
const GAP = 0.12;
const ROW_LABEL_HEIGHT = 15; // pixels below which the addresses of rows would touch
const LEGEND_NODES = 12;

function render({ model, el }) {
  const createSvg = (tag, attributes, parent) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    parent?.append(node);
    return node;
  };
  const create = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  const labels = model.get("labels");
  let selected = 0, columns = 8, cells = [], marker = null, sameNode = null, picture = null, colourBy = "usage";

  const heading = create("div", { className: "ipk-map-head" });
  const pools = create("select");
  const colours = create("select", {}, new Option(labels.usage, "usage"), new Option(labels.node, "node"));
  const search = create("input", { type: "search", spellcheck: false, autocomplete: "off", placeholder: labels.find });
  search.setAttribute("aria-label", labels.find);
  const poolLabel = create("label", {}, `${labels.pool} `, pools);
  const tools = create("div", { className: "ipk-map-tools" }, poolLabel, create("label", {}, `${labels.colour} `, colours), search);
  const rows = create("div", { className: "ipk-map-rows" });
  rows.setAttribute("aria-hidden", "true");
  const frame = create("div", { className: "ipk-map-frame" });
  const description = create("p", { className: "ipk-map-description" });
  description.setAttribute("aria-live", "polite");
  const nodeLegend = create("p", { className: "ipk-legend" });
  const legend = create("div");
  const body = create("div", { className: "ipk-map-body" }, rows, frame);
  el.append(heading, tools, description, body, nodeLegend, legend);

  // Neighbours in the list of nodes get hues far apart.
  const hueOf = index => Math.round((index * 137.508 + 210) % 360);

  function draw() {
    const view = model.get("view");
    cells = (view.cells ?? []).map(kind => view.kinds[kind]);
    heading.innerHTML = view.heading ?? "";
    legend.innerHTML = view.legend ?? "";
    tools.hidden = body.hidden = !cells.length;
    description.textContent = view.hint ?? "";
    description.classList.toggle("ipk-map-notice", Boolean(view.isNotice));
    selected = 0;
    frame.replaceChildren();
    rows.replaceChildren();
    nodeLegend.replaceChildren();
    if (!cells.length) return;
    pools.replaceChildren(...view.pools.map(name => new Option(name, name, false, name === view.pool)));
    poolLabel.hidden = view.pools.length < 2;
    columns = view.columns;
    const height = Math.ceil(cells.length / columns);
    picture = createSvg("svg", { viewBox: `0 0 ${columns} ${height}`, role: "application", tabindex: 0, "aria-label": view.label }, frame);
    body.style.maxWidth = `${columns * 44 + 120}px`;
    const hatch = createSvg("pattern", { id: `ipk-hatch-${view.id}`, width: 0.16, height: 0.16, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, createSvg("defs", {}, picture));
    createSvg("rect", { width: 0.05, height: 0.16, class: "reserved" }, hatch);
    // One path for all cells of a colour: thousands of elements would take longer to create than all that the kernel does.
    const paths = new Map();
    const addBox = (kind, place, low, top) => {
      const x = (place % columns) + GAP / 2, y = Math.floor(place / columns) + GAP / 2, span = 1 - GAP;
      const boxHeight = Math.max(0, top - low) * span;
      if (!paths.has(kind)) paths.set(kind, []);
      paths.get(kind).push(`M${x.toFixed(3)} ${(y + (1 - top) * span).toFixed(3)}h${span}v${boxHeight.toFixed(4)}h${-span}z`);
    };
    cells.forEach((cell, place) => {
      const byNode = colourBy === "node" && cell.node !== null;
      if (cell.claimed < 1) addBox("free", place, 0, 1);
      if (cell.claimed) addBox(byNode ? `node ${cell.node}` : "claimed", place, 0, cell.claimed);
      if (cell.reserved) addBox("hatched", place, 1 - cell.reserved, 1);
      if (byNode) return;
      const own = cell.used - cell.borrowed;
      if (own > 0) addBox("used", place, 0, Math.max(own, 0.06));
      if (cell.borrowed > 0) addBox("borrowed", place, own, Math.max(cell.used, own + 0.12));
    });
    const order = kind => ["free", "claimed", "node", "used", "borrowed", "hatched"].indexOf(kind.split(" ")[0]);
    for (const [kind, parts] of [...paths].sort(([a], [b]) => order(a) - order(b))) {
      const [name, node] = kind.split(" ");
      const look = name === "hatched" ? { fill: `url(#ipk-hatch-${view.id})` }
        : name === "node" ? { class: "node", style: `--hue: ${hueOf(node)}` } : { class: name };
      createSvg("path", { d: parts.join(""), ...look }, picture);
    }
    sameNode = createSvg("path", { class: "same-node", d: "" }, picture);
    marker = createSvg("rect", { width: 1, height: 1, class: "mark", visibility: "hidden" }, picture);
    picture.onpointermove = event => point(placeOf(event));
    picture.onpointerleave = () => { if (document.activeElement !== picture) unmark(); };
    picture.onclick = event => open(placeOf(event));
    picture.onfocus = () => point(selected);
    picture.onblur = () => unmark();
    picture.onkeydown = event => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -selected, End: cells.length - 1 - selected }[event.key];
      if (step !== undefined) point(Math.min(cells.length - 1, Math.max(0, selected + step)));
      else if (event.key === "Enter" || event.key === " ") open(selected);
      else if (event.key === "Escape") model.send({ action: "back" });
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    drawNodeLegend(view);
    labelRows();
    if (view.found !== null && view.found !== undefined) mark(view.found);
  }
  function drawNodeLegend(view) {
    nodeLegend.hidden = colourBy !== "node" || !view.nodes.length;
    el.classList.toggle("ipk-by-node", !nodeLegend.hidden);
    if (nodeLegend.hidden) return;
    for (const [index, name] of view.nodes.slice(0, LEGEND_NODES).entries()) {
      const swatch = create("i", { className: "node" });
      swatch.style.setProperty("--hue", hueOf(index));
      nodeLegend.append(create("span", {}, swatch, name));
    }
    if (view.nodes.length > LEGEND_NODES) nodeLegend.append(create("span", { textContent: labels.moreNodes }));
  }
  // The first address of as many rows as have room for it.
  function labelRows() {
    const height = Math.ceil(cells.length / columns), pixels = frame.clientWidth / columns;
    if (!cells.length || !pixels) return;
    const every = Math.max(1, Math.ceil(ROW_LABEL_HEIGHT / pixels));
    const texts = [];
    for (let row = 0; row < height; row += every) {
      const text = create("span", { textContent: model.get("view").ranges[row * columns].split("/")[0] });
      text.style.top = `${((row + 0.5) / height) * 100}%`;
      texts.push(text);
    }
    rows.replaceChildren(...texts);
  }
  function placeOf(event) {
    const area = picture.getBoundingClientRect();
    const size = area.width / columns;
    return Math.floor((event.clientY - area.top) / size) * columns + Math.floor((event.clientX - area.left) / size);
  }
  function mark(place) {
    selected = place;
    marker.setAttribute("x", place % columns);
    marker.setAttribute("y", Math.floor(place / columns));
    marker.setAttribute("visibility", "visible");
    // All blocks of the same node.
    const { node } = cells[place];
    const outline = (cell, index) => (cell.node === node ? `M${index % columns} ${Math.floor(index / columns)}h1v1h-1z` : "");
    sameNode.setAttribute("d", node === null ? "" : cells.map(outline).join(""));
  }
  function point(place) {
    if (!cells[place]) return;
    mark(place);
    description.classList.remove("ipk-map-notice");
    description.textContent = `${model.get("view").ranges[place]}: ${cells[place].text}`;
  }
  function unmark() {
    const view = model.get("view");
    marker?.setAttribute("visibility", "hidden");
    sameNode?.setAttribute("d", "");
    description.textContent = view.hint ?? "";
    description.classList.toggle("ipk-map-notice", Boolean(view.isNotice));
    if (view.found !== null && view.found !== undefined) mark(view.found);
  }
  function open(place) {
    if (cells[place]) model.send({ action: "open", value: place });
  }
  heading.onclick = event => {
    const button = event.target.closest("[data-action]");
    if (button) model.send({ action: button.dataset.action, value: button.dataset.value ?? "" });
  };
  pools.onchange = () => model.send({ action: "pool", value: pools.value });
  colours.onchange = () => { colourBy = colours.value; draw(); };
  search.onkeydown = event => { if (event.key === "Enter" && search.value.trim()) model.send({ action: "find", value: search.value }); };
  const resized = new ResizeObserver(labelRows);
  resized.observe(frame);
  model.on("change:view", draw);
  draw();
  return () => {
    resized.disconnect();
    model.off("change:view", draw);
  };
}
export default { render };
