// The charts of a page: drawn once, drawn anew when theme, width or paper change, and what can be done with them.
import { startDownloads } from "./downloads.js";
import { startLegend } from "./legend.js";
import { init } from "./library.js";
import { options } from "./options.js";
import { colours, onTheme } from "./theme.js";
import { nameMonths } from "./words.js";

const PAPER = 640; // pixels between the margins of an A4 sheet

export function startCharts(data) {
  nameMonths(data.months);
  const charts = [...document.querySelectorAll("[data-chart]")].map((box) => start(box, data));
  const each = (act) => charts.forEach(act);
  onTheme(() => each((chart) => chart.draw()));
  new ResizeObserver(() => each((chart) => chart.fit())).observe(document.getElementById("main"));
  const print = (paper) => each((chart) => chart.onPaper(paper));
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  matchMedia("print").addEventListener("change", (query) => print(query.matches));
}

function start(box, data) {
  const key = box.dataset.chart;
  const table = data.charts[key];
  const drawn = init(box, null, { renderer: "svg" });
  let hidden = {};
  let paper = false;
  const option = (look) => ({ ...options[key](table, { ...look, width: drawn.getWidth() }, data), legend: { show: false, selected: hidden } });
  const chart = {
    key,
    table,
    option: () => option(colours({ paper })),
    size: () => ({ width: drawn.getWidth(), height: drawn.getHeight() }),
    svg: () => box.querySelector("svg"),
    draw: () => drawn.setOption(option(colours({ paper })), { notMerge: true }),
    fit() {
      if (paper || drawn.getWidth() === box.clientWidth) return;
      drawn.resize();
      chart.draw();
    },
    onPaper(wanted) {
      if (wanted === paper) return;
      paper = wanted;
      drawn.resize(paper ? { width: PAPER } : { width: "auto" });
      chart.draw();
    },
    show(name, shown) {
      hidden = { ...hidden, [name]: shown };
      chart.draw();
    },
  };
  chart.draw();
  follow(drawn, key, table, data);
  startLegend(box, chart);
  startDownloads(box, chart);
  return chart;
}

const dayBefore = (iso) => new Date(Date.parse(iso) - 86_400_000).toISOString().slice(0, 10);
const untilOf = (table, row) => (table.columns[1].key === "to" ? row[1] : row[0]);

// A point leads to what explains its day; an area, where no page does, to what is open of its severity.
function follow(drawn, key, table, data) {
  if (data.day_url) {
    drawn.getZr().on("click", (event) => {
      const point = [event.offsetX, event.offsetY];
      if (!drawn.containPixel("grid", point)) return;
      const row = table.rows[drawn.convertFromPixel({ gridIndex: 0 }, point)[0]];
      if (row) location.assign(data.day_url.replace("0000-00-00", dayBefore(row[0])).replace("9999-99-99", untilOf(table, row)));
    });
  } else if (key === "open") {
    drawn.on("click", (event) => location.assign(data.severity_urls[event.seriesId]));
  }
}
