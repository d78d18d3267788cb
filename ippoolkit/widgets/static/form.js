// The planner's fields: native controls, so that keyboards and screen readers know them.
// One change at a time is on its way to the kernel; while it is, only the newest value of each field waits.
function render({ model, el }) {
  const fields = new Map();
  const waiting = new Map();
  const own = Math.random().toString(36).slice(2);
  let sent = 0, done = 0;

  const make = (tag, attributes = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), attributes);
    node.append(...children);
    return node;
  };

  function post() {
    if (sent > done || !waiting.size) return;
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
  function typed(node, commit) {
    const done = () => { if (node.value !== node.last) { node.last = node.value; commit(); } };
    node.onfocus = () => { node.last = node.value; };
    node.onchange = done;
    node.onkeydown = event => { if (event.key === "Enter") done(); };
  }
  const typing = node => document.activeElement === node && node.last !== undefined && node.value !== node.last;
  function put(node, value) {
    if (typing(node) || String(node.value) === String(value)) return;
    node.value = value;
    node.last = node.value;
  }

  function input(field, id) {
    const told = make("span", { className: "ipk-told", id: `${id}-told` });
    if (field.kind === "select") {
      const node = make("select", { id });
      node.onchange = () => change(field.name, node.value);
      return { node, told };
    }
    if (field.kind === "check") {
      const node = make("input", { type: "checkbox", id });
      node.onchange = () => change(field.name, node.checked);
      return { node, told };
    }
    if (field.kind === "button") {
      const node = make("button", { type: "button", id, textContent: field.label });
      node.onclick = () => change(field.name, true);
      return { node, told };
    }
    if (field.kind === "text") {
      const node = make("input", { type: "text", id, spellcheck: false, autocomplete: "off" });
      typed(node, () => change(field.name, node.value));
      return { node, told };
    }
    const number = make("input", { type: "number", id: field.kind === "number" ? id : `${id}-number`, step: "any" });
    typed(number, () => number.value !== "" && change(field.name, Number(number.value)));
    if (field.kind === "number") return { node: number, told };
    const node = make("input", { type: "range", id });
    node.oninput = () => {
      number.value = node.value;
      change(field.name, Number(node.value));
    };
    node.onpointerdown = () => { node.held = true; };
    node.onpointerup = node.onpointercancel = () => { node.held = false; show(); };
    return { node, told, number };
  }

  function row(field) {
    const id = `ipk-${own}-${field.name}`;
    const { node, told, number } = input(field, id);
    const box = make("div", { className: `ipk-field ipk-${field.name} ipk-kind-${field.kind}` });
    const label = make("label", { htmlFor: id, textContent: field.label });
    const hint = make("p", { className: "ipk-hint", id: `${id}-hint`, hidden: true });
    const error = make("p", { className: "ipk-field-error", id: `${id}-error` });
    error.setAttribute("role", "alert");
    if (field.kind === "button") {
      box.append(node);
    } else {
      const head = make("div", { className: "ipk-head" });
      const help = make("p", { className: "ipk-help", id: `${id}-help`, hidden: true });
      if (field.kind === "check") head.append(node);
      head.append(label);
      if (field.help) {
        node.title = field.help;
        help.textContent = field.help + " ";
        if (field.source) {
          help.append(make("a", { href: field.source.url, target: "_blank", rel: "noopener", textContent: field.source.title }));
        }
        const ask = make("button", { type: "button", className: "ipk-ask", textContent: "?" });
        ask.setAttribute("aria-label", `? ${field.label}`);
        ask.setAttribute("aria-expanded", "false");
        ask.setAttribute("aria-controls", help.id);
        ask.onclick = () => {
          help.hidden = !help.hidden;
          ask.setAttribute("aria-expanded", String(!help.hidden));
        };
        head.append(ask);
      }
      head.append(told);
      if (number && field.name !== "prefix" && field.name !== "blocksize") {
        number.setAttribute("aria-label", field.label);
        head.append(number);
      }
      box.append(head);
      if (field.kind !== "check") box.append(node);
      box.append(hint, error, help);
      node.setAttribute("aria-describedby", `${hint.id} ${error.id}`);
    }
    fields.set(field.name, { box, node, number, told, hint, error });
    return box;
  }

  function options(node, wanted) {
    const pairs = wanted.map(each => (Array.isArray(each) ? each : [each, each]));
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
      const busy = field.node.held || waiting.has(name) || (sent > done && document.activeElement === field.node);
      if ("value" in now && !now.error) {
        if (field.node.type === "checkbox") field.node.checked = now.value;
        else if (!busy) put(field.node, now.value);
        if (field.number && !busy) put(field.number, now.value);
      }
      if (field.node.type === "range" && now.told) field.node.setAttribute("aria-valuetext", now.told);
      if (field.told.textContent !== (now.told ?? "")) field.told.textContent = now.told ?? "";
      if (field.hint.textContent !== (now.hint ?? "")) field.hint.textContent = now.hint ?? "";
      field.hint.hidden = !now.hint;
      if (field.error.textContent !== (now.error ?? "")) field.error.textContent = now.error ?? "";
      for (const each of [field.node, field.number]) each?.setAttribute("aria-invalid", String(Boolean(now.error)));
    }
  }

  el.classList.add("ipk-form");
  // Keys are for what has the focus: in JupyterLab an arrow would fold the notebook's headings instead.
  const ours = event => { if (event.target.closest?.(".ipk-planner")) event.target.dataset.lmSuppressShortcuts = "true"; };
  document.addEventListener("focusin", ours);
  for (const section of model.get("sections")) {
    const title = make(section.folded ? "summary" : "h3", { textContent: section.title });
    const group = make(section.folded ? "details" : "section", { className: "ipk-section" }, title);
    for (const field of section.fields) group.append(row(field));
    el.append(group);
  }
  const answered = message => {
    if (message.done === undefined) return;
    done = Math.max(done, message.done);
    post();
    if (sent === done) show();
  };
  model.on("change:state", show);
  model.on("msg:custom", answered);
  show();
  return () => {
    model.off("change:state", show);
    model.off("msg:custom", answered);
    document.removeEventListener("focusin", ours);
  };
}
export default { render };
