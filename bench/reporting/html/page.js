"use strict";

// Light, dark, or what the system says.
const root = document.documentElement;
document.querySelector("#scheme").addEventListener("change", (event) => {
  root.style.colorScheme = event.target.value;
});

// Where the contents stand above the report, they would fill the first screen.
document.querySelector("nav details").open = matchMedia("(min-width: 75rem)").matches;

// A column sorts by its numbers, where it has any; else by its words. Gaps go to the end.
const GAP = "–";

function sort(table, column, direction) {
  const rows = [...table.tBodies[0].rows];
  const cells = rows.map((row) => row.cells[column]);
  const numeric = cells.some((cell) => "key" in cell.dataset);
  const gap = (cell) => (numeric ? !("key" in cell.dataset) : cell.textContent.trim() === GAP);
  const words = new Intl.Collator("en", { numeric: true });
  rows.sort((one, other) => {
    const [a, b] = [one.cells[column], other.cells[column]];
    if (gap(a) || gap(b)) return gap(a) - gap(b); // no number is neither large nor small
    const difference = numeric
      ? Number(a.dataset.key) - Number(b.dataset.key)
      : words.compare(a.textContent, b.textContent);
    return direction * difference;
  });
  table.tBodies[0].append(...rows);
}

for (const table of document.querySelectorAll("main table")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const ascending = head.ariaSort !== "ascending";
      for (const each of heads) each.ariaSort = null;
      head.ariaSort = ascending ? "ascending" : "descending";
      sort(table, column, ascending ? 1 : -1);
    });
  });
}
