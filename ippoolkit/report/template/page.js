// Headings of tables sort them; a long table gets a field that filters its rows. Without scripts the page says the same.
for (const table of document.querySelectorAll("table.ipk-table")) {
  const body = table.tBodies[0], heads = [...table.querySelectorAll("thead th")];
  if (body.rows.length < 3) continue;
  const keyOf = (row, column) => {
    const text = row.cells[column].innerText.trim();
    const power = text.match(/^2\^(\d+)/);
    const number = power ? 2 ** Number(power[1]) : parseFloat(text.replace(/^\//, "").replace(/,/g, "").replace("\u2212", "-"));
    return [Number.isNaN(number) ? Infinity : number, text];
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ipk-sort";
    button.append(...head.childNodes);
    button.onclick = () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      const rows = [...body.rows].map(row => [keyOf(row, column), row]);
      rows.sort(([[a, s]], [[b, t]]) => (a === b ? s.localeCompare(t) : a - b) * sign);
      body.append(...rows.map(([, row]) => row));
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    };
    head.append(button);
  });
  if (body.rows.length < 10 || table.closest(".ipk-sides")) continue; // columns side by side are one table
  const filter = document.createElement("input");
  filter.type = "search";
  filter.className = "ipk-filter";
  filter.placeholder = document.body.dataset.filter;
  filter.setAttribute("aria-label", document.body.dataset.filter);
  filter.oninput = () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const row of body.rows) row.hidden = !words.every(word => row.innerText.toLowerCase().includes(word));
  };
  table.parentElement.before(filter);
}
// A heading that is a button is not repeated on the next sheet of paper: there it is text.
const buttons = new Map([...document.querySelectorAll(".ipk-sort")].map(button => [button, button.parentElement]));
addEventListener("beforeprint", () => buttons.forEach((head, button) => head.replaceChildren(...button.childNodes)));
addEventListener("afterprint", () => buttons.forEach((head, button) => {
  button.append(...head.childNodes);
  head.append(button);
}));
