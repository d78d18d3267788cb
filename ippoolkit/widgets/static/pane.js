// A part of the page as HTML from the kernel. What can be done in it is said by attributes:
// data-action: a click (of a select or a file: a change) is sent to the kernel, with data-value, or with the text of the
// element that data-text-of names; data-copy, data-download: take the text of the element that they name.
// The headings of a table sort it.
const LIMIT = 8_000_000; // bytes of a file in one message

function render({ model, el }) {
  const order = new Map(); // per table: column and direction
  let fileUrl = "", fileName = "";

  function draw() {
    const focus = el.contains(document.activeElement) ? document.activeElement : null;
    const value = focus?.dataset?.value;
    const same = focus?.dataset?.action &&
      `[data-action="${focus.dataset.action}"]${value === undefined ? "" : `[data-value="${CSS.escape(value)}"]`}`;
    el.innerHTML = model.get("html");
    for (const table of el.querySelectorAll("table.ipk-table")) prepare(table);
    if (fileUrl) offerFile();
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
        const [sorted, descending] = order.get(table.id) ?? [];
        order.set(table.id, [column, sorted === column && !descending]);
        sort(table, heads);
      };
      head.append(button);
    });
    if (order.has(table.id)) sort(table, heads);
  }

  function sort(table, heads) {
    const [column, descending] = order.get(table.id);
    const key = row => {
      const text = row.cells[column]?.innerText.trim() ?? "";
      const power = text.match(/^2\^(\d+)/);
      const number = power ? 2 ** Number(power[1]) : parseFloat(text.replace(/^\//, "").replace(/,/g, "").replace("\u2212", "-"));
      return [Number.isNaN(number) ? Infinity : number, text];
    };
    const rows = [...table.tBodies[0].rows].map(row => [key(row), row]);
    rows.sort(([[a, s]], [[b, t]]) => (a === b ? s.localeCompare(t) : a - b) * (descending ? -1 : 1));
    table.tBodies[0].append(...rows.map(([, row]) => row));
    const direction = descending ? "descending" : "ascending";
    heads.forEach((head, index) => head.setAttribute("aria-sort", index === column ? direction : "none"));
  }

  function textOf(id) {
    const element = el.querySelector(`[data-text="${CSS.escape(id)}"]`);
    if (element?.dataset.address !== undefined) return new URL(element.textContent, location.href).href;
    return element?.value ?? element?.textContent ?? "";
  }
  function save(parts, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
  function offerFile() {
    const link = el.querySelector("a[data-file]");
    if (!link) return;
    link.href = fileUrl;
    if (!fileName.endsWith(".html")) link.download = fileName;
  }

  el.addEventListener("click", async event => {
    const target = event.target.closest("[data-action], [data-copy], [data-download]");
    if (!target || target.matches("select, input")) return;
    const { action, value, copy, download, textOf: box } = target.dataset;
    if (copy !== undefined) {
      await navigator.clipboard?.writeText(textOf(copy)).catch(() => {});
      target.classList.add("ipk-done");
      setTimeout(() => target.classList.remove("ipk-done"), 1500);
    } else if (download !== undefined) {
      save([textOf(download)], download.split("/").at(-1), "text/yaml");
    } else {
      model.send({ action, value: box ? textOf(box) : value ?? "" });
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
  const onMessage = (message, buffers) => {
    if (message.save) save(buffers, message.save, message.type);
    if (message.file) {
      if (fileUrl) URL.revokeObjectURL(fileUrl);
      fileName = message.name ?? "";
      fileUrl = URL.createObjectURL(new Blob(buffers, { type: message.file }));
      offerFile();
    }
  };
  model.on("change:html", draw);
  model.on("msg:custom", onMessage);
  draw();
  return () => {
    model.off("change:html", draw);
    model.off("msg:custom", onMessage);
  };
}
export default { render };
