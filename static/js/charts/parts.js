// What all charts share: axes without boxes, the scale at the right, a tooltip made of elements.
import { longDay, said, shortDay } from "./words.js";

const SIZE = 11;
const ROOM = 90; // pixels from one day on the axis to the next

export function frame(look, days, { right = 40, top = 10 } = {}) {
  return {
    animation: false,
    textStyle: { fontFamily: look.font, fontSize: SIZE },
    legend: { show: false },
    grid: { left: 2, right, top, bottom: 24, outerBoundsMode: "none" },
    xAxis: dayAxis(look, days),
  };
}

export function dayAxis(look, days) {
  return {
    type: "category",
    data: days,
    boundaryGap: false,
    axisLine: { lineStyle: { color: look["line-2"] } },
    axisTick: { show: false },
    axisLabel: {
      color: look["ink-3"], fontSize: SIZE, margin: 8, hideOverlap: true, showMinLabel: true, showMaxLabel: true,
      alignMinLabel: "left", alignMaxLabel: "right", formatter: shortDay, interval: every(days.length, look.width),
    },
  };
}

// Every so-manieth label, evenly: as many as have room, six at most, the last one never crowded.
function every(count, width = 640) {
  const parts = Math.min(5, Math.max(2, Math.floor(width / ROOM)));
  const step = Math.max(1, Math.ceil((count - 1) / parts));
  return (at) => at === count - 1 || (at % step === 0 && count - 1 - at >= step * 0.75);
}

export function countAxis(look, more = {}) {
  return {
    type: "value",
    position: "right",
    splitNumber: 3,
    minInterval: 1,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: look["ink-3"], fontSize: SIZE, margin: 8, formatter: (value) => said(Math.abs(value)) },
    splitLine: { lineStyle: { color: look.line } },
    ...more,
  };
}

export const line = (look, more = {}) => ({
  type: "line", symbol: "circle", symbolSize: 7, showSymbol: false, lineStyle: { width: 2, color: look.accent },
  itemStyle: { color: look.surface, borderColor: look.accent, borderWidth: 2 }, emphasis: { disabled: true },
  z: 4, ...more,
});

export const bars = (colour, more = {}) => ({
  type: "bar", barCategoryGap: "36%", barMaxWidth: 22, itemStyle: { color: colour, borderRadius: 1 },
  emphasis: { disabled: true }, ...more,
});

// The tooltip of a row: its day, then a line for each series, in the order drawn.
export function tooltip(look, linesOf, { shadow = false } = {}) {
  return {
    trigger: "axis",
    confine: true,
    transitionDuration: 0,
    className: "chart-tip",
    backgroundColor: "transparent", borderWidth: 0, padding: 0, extraCssText: "box-shadow:none",
    axisPointer: shadow
      ? { type: "shadow", shadowStyle: { color: look.line, opacity: 0.5 } }
      : { type: "line", lineStyle: { color: look.edge, type: "solid", width: 1 } },
    formatter: (points) => tip(points[0].axisValue, linesOf(points[0].dataIndex)),
  };
}

function tip(day, lines) {
  const list = document.createElement("dl");
  for (const [name, value, colour] of lines) {
    const term = document.createElement("dt");
    const mark = document.createElement("i");
    mark.style.background = colour ?? "transparent";
    term.append(mark, name);
    const says = document.createElement("dd");
    says.textContent = typeof value === "string" ? value : said(value);
    list.append(term, says);
  }
  const head = document.createElement("b");
  head.textContent = longDay(day);
  const box = document.createElement("div");
  box.append(head, list);
  return box;
}
