// A chart as a picture, made in the browser. Vector pictures carry what is drawn; pixels are drawn anew, twice as fine.
import { init } from "./library.js";

export function startDownloads(box, chart) {
  const menu = document.querySelector(`[data-downloads="${chart.key}"]`);
  menu?.querySelectorAll("[data-picture]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const made = button.dataset.picture === "svg" ? vector(chart) : await pixels(chart);
      save(made, `trends-${chart.key}.${button.dataset.picture}`);
      menu.closest("details").open = false;
    });
  });
}

function vector(chart) {
  const drawn = chart.svg().cloneNode(true);
  drawn.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const { width, height } = chart.size();
  drawn.setAttribute("viewBox", `0 0 ${width} ${height}`);
  drawn.removeAttribute("style");
  return new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" });
}

async function pixels(chart) {
  const board = document.createElement("div");
  const drawn = init(board, null, { renderer: "canvas", devicePixelRatio: 2, ...chart.size() });
  drawn.setOption(chart.option());
  const surface = getComputedStyle(document.querySelector(".sheet")).backgroundColor;
  const canvas = drawn.renderToCanvas({ backgroundColor: surface, pixelRatio: 2 });
  const made = await new Promise((done) => canvas.toBlob(done, "image/png"));
  drawn.dispose();
  return made;
}

function save(made, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(made);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
