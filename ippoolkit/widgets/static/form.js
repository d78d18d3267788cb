// The planner's fields: native controls, so that keyboards and screen readers know them.
// One change at a time is on its way to the kernel; while it is, only the newest value of each field waits.
function render({ model, el }) {
  const fields = new Map();
  const waiting = new Map();
  const formId = Math.random().toString(36).slice(2);
  let sent = 0, acknowledged = 0;

  const create = (tag, attributes = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), attributes);
    node.append(...children);
    return node;
  };

  function post() {
    if (sent > acknowledged || !waiting.size) return;
    const [name, value] = waiting.entries().next().value;
    waiting.delete(name);
    sent += 1;
    model.send({ name, value, number: sent });
  }
  function change(name, value) {
    waiting.set(name, value);
    post();
  }

  // What is typed counts when it is done: with Enter, or when the field is left.
  function commitWhenTyped(node, commit) {
    const commitChange = () => { if (node.value !== node.committed) { node.committed = node.value; commit(); } };
    node.onfocus = () => { node.committed = node.value; };
    node.onchange = commitChange;
    node.onkeydown = event => { if (event.key === "Enter") commitChange(); };
  }
  const isBeingTyped = node =>
    document.activeElement === node && node.committed !== undefined && node.value !== node.committed;
  function setValue(node, value) {
    if (isBeingTyped(node) || String(node.value) === String(value)) return;
    node.value = value;
    node.committed = node.value;
  }

  function input(field, id) {
    const text = create("span", { className: "ipk-value-text" });
    if (field.kind === "select") {
      const node = create("select", { id });
      node.onchange = () => change(field.name, node.value);
      return { node, text };
    }
    if (field.kind === "check") {
      const node = create("input", { type: "checkbox", id });
      node.onchange = () => change(field.name, node.checked);
      return { node, text };
    }
    if (field.kind === "button") {
      const node = create("button", { type: "button", id, textContent: field.label });
      node.onclick = () => change(field.name, true);
      return { node, text };
    }
    if (field.kind === "text") {
      const node = create("input", { type: "text", id, spellcheck: false, autocomplete: "off" });
      commitWhenTyped(node, () => change(field.name, node.value));
      return { node, text };
    }
    const number = create("input", { type: "number", id: field.kind === "number" ? id : `${id}-number`, step: "any" });
    commitWhenTyped(number, () => number.value !== "" && change(field.name, Number(number.value)));
    if (field.kind === "number") return { node: number, text };
    const node = create("input", { type: "range", id });
    node.oninput = () => {
      number.value = node.value;
      change(field.name, Number(node.value));
    };
    node.onpointerdown = () => { node.isDragged = true; };
    node.onpointerup = node.onpointercancel = () => { node.isDragged = false; show(); };
    return { node, text, number };
  }

  function row(field) {
    const id = `ipk-${formId}-${field.name}`;
    const { node, text, number } = input(field, id);
    const box = create("div", { className: `ipk-field ${model.get("prefix")}${field.name} ipk-kind-${field.kind}` });
    const label = create("label", { htmlFor: id, textContent: field.label });
    const hint = create("p", { className: "ipk-hint", id: `${id}-hint`, hidden: true });
    const error = create("p", { className: "ipk-field-error", id: `${id}-error` });
    error.setAttribute("role", "alert");
    if (field.kind === "button") {
      box.append(node);
    } else {
      const head = create("div", { className: "ipk-head" });
      const help = create("p", { className: "ipk-help", id: `${id}-help`, hidden: true });
      if (field.kind === "check") head.append(node);
      head.append(label);
      if (field.help) {
        node.title = field.help;
        help.textContent = field.help + " ";
        if (field.source) {
          help.append(create("a", { href: field.source.url, target: "_blank", rel: "noopener", textContent: field.source.title }));
        }
        const ask = create("button", { type: "button", className: "ipk-ask", textContent: "?" });
        ask.setAttribute("aria-label", `? ${field.label}`);
        ask.setAttribute("aria-expanded", "false");
        ask.setAttribute("aria-controls", help.id);
        ask.onclick = () => {
          help.hidden = !help.hidden;
          ask.setAttribute("aria-expanded", String(!help.hidden));
        };
        head.append(ask);
      }
      head.append(text);
      if (number && field.name !== "prefix" && field.name !== "blocksize") {
        number.setAttribute("aria-label", field.label);
        head.append(number);
      }
      box.append(head);
      if (field.kind !== "check") box.append(node);
      box.append(hint, error, help);
      node.setAttribute("aria-describedby", `${hint.id} ${error.id}`);
    }
    fields.set(field.name, { box, node, number, text, hint, error });
    return box;
  }

  function options(node, wanted) {
    const pairs = wanted.map(option => (Array.isArray(option) ? option : [option, option]));
    const key = JSON.stringify(pairs);
    if (node.key === key) return;
    node.key = key;
    node.replaceChildren(...pairs.map(([value, text]) => new Option(text, value)));
  }

  function show() {
    const state = model.get("state");
    for (const [name, field] of fields) {
      const now = state[name] ?? {};
      field.box.hidden = Boolean(now.hidden);
      if (now.hidden) continue;
      if (now.options) options(field.node, now.options);
      for (const bound of ["min", "max"]) {
        if (bound in now) {
          field.node[bound] = now[bound];
          if (field.number) field.number[bound] = now[bound];
        }
      }
      if (field.number) field.number.max = "";
      const busy = field.node.isDragged || waiting.has(name) || (sent > acknowledged && document.activeElement === field.node);
      if ("value" in now && !now.error) {
        if (field.node.type === "checkbox") field.node.checked = now.value;
        else if (!busy) setValue(field.node, now.value);
        if (field.number && !busy) setValue(field.number, now.value);
      }
      if (field.node.type === "range" && now.text) field.node.setAttribute("aria-valuetext", now.text);
      if (field.text.textContent !== (now.text ?? "")) field.text.textContent = now.text ?? "";
      if (field.hint.textContent !== (now.hint ?? "")) field.hint.textContent = now.hint ?? "";
      field.hint.hidden = !now.hint;
      if (field.error.textContent !== (now.error ?? "")) field.error.textContent = now.error ?? "";
      for (const node of [field.node, field.number]) node?.setAttribute("aria-invalid", String(Boolean(now.error)));
    }
  }

  el.classList.add("ipk-form");
  // Keys are for what has the focus: in JupyterLab an arrow would fold the notebook's headings instead.
  const keepKeys = event => { if (event.target.closest?.(".ipk-planner")) event.target.dataset.lmSuppressShortcuts = "true"; };
  document.addEventListener("focusin", keepKeys);
  for (const section of model.get("sections")) {
    const title = create(section.folded ? "summary" : "h3", { textContent: section.title });
    const group = create(section.folded ? "details" : "section", { className: "ipk-section" }, title);
    for (const field of section.fields) group.append(row(field));
    el.append(group);
  }
  const onAcknowledged = message => {
    if (message.acknowledged === undefined) return;
    acknowledged = Math.max(acknowledged, message.acknowledged);
    post();
    if (sent === acknowledged) show();
  };
  model.on("change:state", show);
  model.on("msg:custom", onAcknowledged);
  show();
  return () => {
    model.off("change:state", show);
    model.off("msg:custom", onAcknowledged);
    document.removeEventListener("focusin", keepKeys);
  };
}
export default { render };
