// A part of the page as HTML from the kernel. What can be done in it is said by attributes:
// data-action: a click (of a select or a file: a change) is told to the kernel, with data-value;
// data-copy, data-download: take the text of the element that the attribute names; th: sorts its table.
const LIMIT = 8_000_000; // bytes of a file in one message

function render({ model, el }) {
  const order = new Map(); // per table: column and direction
  let kept = "", name = "";

  function draw() {
    const focus = el.contains(document.activeElement) ? document.activeElement : null;
    const same = focus?.dataset?.action && `[data-action="${focus.dataset.action}"][data-value="${focus.dataset.value ?? ""}"]`;
    el.innerHTML = model.get("html");
    for (const table of el.querySelectorAll("table.ipk-table")) prepare(table);
    if (kept) offer();
    if (focus) (same && el.querySelector(same) || (el.tabIndex = -1, el)).focus({ preventScroll: true });
  }

  function prepare(table) {
    const heads = [...table.querySelectorAll("thead th")];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ipk-sort";
      button.append(...head.childNodes);
      button.onclick = () => {
        const [before, down] = order.get(table.id) ?? [];
        order.set(table.id, [column, before === column && !down]);
        sort(table, heads);
      };
      head.append(button);
    });
    if (order.has(table.id)) sort(table, heads);
  }

  function sort(table, heads) {
    const [column, down] = order.get(table.id);
    const key = row => {
      const text = row.cells[column]?.innerText.trim() ?? "";
      const power = text.match(/^2\^(\d+)/);
      const number = power ? 2 ** Number(power[1]) : parseFloat(text.replace(/^\//, "").replace(/,/g, "").replace("\u2212", "-"));
      return [Number.isNaN(number) ? Infinity : number, text];
    };
    const rows = [...table.tBodies[0].rows].map(row => [key(row), row]);
    rows.sort(([[a, s]], [[b, t]]) => (a === b ? s.localeCompare(t) : a - b) * (down ? -1 : 1));
    table.tBodies[0].append(...rows.map(([, row]) => row));
    heads.forEach((head, at) => head.setAttribute("aria-sort", at !== column ? "none" : down ? "descending" : "ascending"));
  }

  function textOf(id) {
    return el.querySelector(`[data-text="${id}"]`)?.textContent ?? "";
  }
  function save(parts, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
  function offer() {
    const link = el.querySelector("a[data-made]");
    if (!link) return;
    link.href = kept;
    if (!name.endsWith(".html")) link.download = name;
  }

  el.addEventListener("click", async event => {
    const target = event.target.closest("[data-action], [data-copy], [data-download]");
    if (!target || target.matches("select, input")) return;
    const { action, value, copy, download } = target.dataset;
    if (copy !== undefined) {
      await navigator.clipboard?.writeText(textOf(copy)).catch(() => {});
      target.classList.add("ipk-done");
      setTimeout(() => target.classList.remove("ipk-done"), 1500);
    } else if (download !== undefined) {
      save([textOf(target.dataset.of)], download, "text/yaml");
    } else {
      model.send({ action, value: value ?? "" });
    }
  });
  el.addEventListener("change", async event => {
    const { action } = event.target.dataset ?? {};
    if (!action) return;
    if (event.target.type !== "file") {
      model.send({ action, value: event.target.value });
      return;
    }
    const files = [...event.target.files];
    if (files.reduce((sum, file) => sum + file.size, 0) > LIMIT) {
      model.send({ action: "too-large", value: files.map(file => file.name).join(", ") });
      return;
    }
    const contents = await Promise.all(files.map(file => file.arrayBuffer()));
    model.send({ action, value: files.map(file => file.name) }, undefined, contents);
    event.target.value = "";
  });
  const told = (message, buffers) => {
    if (message.save) save(buffers, message.save, message.type);
    if (message.made) {
      if (kept) URL.revokeObjectURL(kept);
      name = message.name ?? "";
      kept = URL.createObjectURL(new Blob(buffers, { type: message.made }));
      offer();
    }
  };
  model.on("change:html", draw);
  model.on("msg:custom", told);
  draw();
  return () => {
    model.off("change:html", draw);
    model.off("msg:custom", told);
  };
}
export default { render };
