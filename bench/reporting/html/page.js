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

// Pictures last: the text can be read while they are drawn, one after the other.
const SPECS = JSON.parse(document.querySelector("#charts").textContent);
const INK = "var(--ink)";
const LINE = "var(--line)";
const CONFIG = {
  aria: false, // the description stands for the whole; thousands of marks are no reading
  background: "transparent",
  font: "system-ui, sans-serif",
  view: { stroke: null },
  axis: {
    labelColor: INK, titleColor: INK, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal",
    domainColor: "var(--soft)", tickColor: "var(--soft)", gridColor: LINE, labelLimit: 110,
  },
  legend: { labelColor: INK, titleColor: INK, labelFontSize: 12, orient: "bottom", columns: 3, symbolOpacity: 1 },
  title: { color: INK, fontSize: 13, fontWeight: "normal", anchor: "start" },
};

async function draw(figure) {
  const views = [];
  for (const place of figure.querySelectorAll(".chart")) {
    const options = { renderer: "svg", actions: false, config: CONFIG, tooltip: { disableDefaultStyle: true } };
    const made = await vegaEmbed(place, SPECS[place.dataset.chart], options);
    // One picture with one description: Vega's own roles would leave its marks without names.
    place.setAttribute("role", "img");
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    views.push(made.view);
  }
  figure.querySelector("select")?.addEventListener("change", (event) => {
    for (const view of views) view.signal(event.target.dataset.parameter, event.target.value).run();
  });
}

(async () => {
  for (const figure of document.querySelectorAll("main figure")) {
    await draw(figure);
    await new Promise(requestAnimationFrame);
  }
  root.dataset.drawn = "true";
})();
