// What each chart looks like: its table in, an option of the drawing library out.
import { bars, countAxis, frame, line, tooltip } from "./parts.js";
import { columns, label, longDay, said, shortDay } from "./words.js";

const SEVERITIES = ["critical", "high", "medium", "low", "info"];

const WORDY = 520; // pixels: narrower charts have no room for the words of events; the list below has them

export const options = { score, open, moved, due, assessed, accepted };

function score(table, look, data) {
  const values = columns(table);
  const { low = 0, high = 100, bands = [], now = "" } = data.bands;
  const middle = (band) => (band.low + band.high) / 2;
  const letters = Object.fromEntries(bands.map((band) => [middle(band), band.letter]));
  const at = (day) => values.score[values.day.indexOf(day)];
  const shown = data.events.filter((event) => at(event.day) != null);
  const end = values.score.findLastIndex((value) => value !== null);
  const tinted = bands.find((band) => band.letter === now);
  const happened = (day) => data.events.filter((event) => event.day === day).map((event) => [event.what, "", undefined]);
  const other = values.other_score
    ? [line(look, { name: label(table, "other_score"), id: "before", data: values.other_score, lineStyle: { width: 1.25, type: [3, 3], color: look.edge }, z: 3 })]
    : [];
  return {
    ...frame(look, values.day, { right: 26, top: 24 }),
    yAxis: countAxis(look, {
      min: low, max: high,
      axisTick: { show: false, customValues: bands.map((band) => band.low) },
      axisLabel: { fontSize: 11, fontWeight: 650, customValues: bands.map(middle), formatter: (value) => letters[value] ?? "", color: (value) => look[(letters[value] ?? "").toLowerCase()] ?? look["ink-3"] },
      splitLine: { show: false },
    }),
    tooltip: tooltip(look, (row) => [
      [label(table, "score"), values.score[row], look.accent],
      ...(values.other_score ? [[`${label(table, "other_score")}${values.other_day[row] ? `, ${shortDay(values.other_day[row])}` : ""}`, values.other_score[row], look.edge]] : []),
      [label(table, "hosts"), values.hosts[row]],
      ...happened(values.day[row]),
    ]),
    series: [
      ...other,
      line(look, {
        name: label(table, "score"), id: "score", data: values.score,
        markArea: tinted && { silent: true, itemStyle: { color: look[now.toLowerCase()], opacity: 0.08 }, data: [[{ yAxis: tinted.low }, { yAxis: tinted.high }]] },
        markLine: {
          silent: true, symbol: "none", animation: false,
          data: [
            ...bands.slice(0).map((band) => ({ yAxis: band.low, lineStyle: { color: look.line, type: "solid", width: 1 }, label: { show: false } })),
            { yAxis: high, lineStyle: { color: look.line, type: "solid", width: 1 }, label: { show: false } },
            ...shown.map((event) => ({
              xAxis: event.day, lineStyle: { color: look["line-2"], type: [2, 3], width: 1 },
              label: { show: event.named && look.width > WORDY, position: "end", align: side(values.day, event.day), distance: 4, formatter: event.what, color: look["ink-2"], fontSize: 11, backgroundColor: look.surface, padding: [1, 4] },
            })),
          ],
        },
        markPoint: {
          silent: true, symbol: "circle", symbolSize: 8, label: { show: false }, animation: false,
          data: [
            ...shown.map((event) => ({ coord: [event.day, at(event.day)], itemStyle: { color: look.surface, borderColor: look["ink-3"], borderWidth: 1.5 } })),
            ...(end < 0 ? [] : [{ coord: [values.day[end], values.score[end]], symbolSize: 9, itemStyle: { color: look.surface, borderColor: look.accent, borderWidth: 2 } }]),
          ],
        },
      }),
    ],
  };
}

// A word near an edge of the chart stands beside its line, not across the edge.
function side(days, day) {
  const share = days.indexOf(day) / (days.length - 1);
  return share < 0.12 ? "left" : share > 0.88 ? "right" : "center";
}

function open(table, look) {
  const values = columns(table);
  return {
    ...frame(look, values.day),
    yAxis: countAxis(look),
    tooltip: tooltip(look, (row) => [
      ...SEVERITIES.map((word) => [label(table, word), values[word][row], look[`${word}-mark`]]).reverse(),
      [label(table, "open"), values.open[row]],
    ]),
    series: SEVERITIES.map((word) => line(look, {
      name: label(table, word), id: word, data: values[word], stack: "open", showSymbol: false, triggerLineEvent: true,
      lineStyle: { width: 1, color: look.surface }, itemStyle: { color: look[`${word}-mark`] },
      areaStyle: { color: look[`${word}-mark`], opacity: 1 },
    })),
  };
}

const stepDays = (values) => values.day ?? values.from;

function barFrame(look, values, more) {
  const made = frame(look, stepDays(values), more);
  return { ...made, xAxis: { ...made.xAxis, boundaryGap: true } };
}

function moved(table, look) {
  const values = columns(table);
  const step = nice(Math.max(1, ...values.opened, ...values.resolved) / 2);
  const made = barFrame(look, values);
  return {
    ...made,
    xAxis: { ...made.xAxis, axisLine: { ...made.xAxis.axisLine, onZero: false, show: false } },
    yAxis: countAxis(look, { min: -2 * step, max: 2 * step, interval: step }),
    tooltip: tooltip(look, (row) => [...until(values, row), [label(table, "opened"), values.opened[row], look["unknown-mark"]], [label(table, "resolved"), values.resolved[row], look["good-mark"]]], { shadow: true }),
    series: [
      bars(look["unknown-mark"], { name: label(table, "opened"), id: "opened", stack: "moved", data: values.opened, markLine: zero(look) }),
      bars(look["good-mark"], { name: label(table, "resolved"), id: "resolved", stack: "moved", data: values.resolved.map((value) => -value) }),
    ],
  };
}

const zero = (look) => ({ silent: true, symbol: "none", animation: false, label: { show: false }, lineStyle: { color: look["line-2"], type: "solid" }, data: [{ yAxis: 0 }] });

// The next round number, so that two steps hold the tallest bar and the same numbers stand above and below.
function nice(least) {
  const ten = 10 ** Math.floor(Math.log10(least));
  return Math.max(1, [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((times) => times * ten >= least && Number.isInteger(times * ten)) * ten || 1);
}

// A bar of none is no bar: its edge would lie on the axis as a dash.
const drawn = (counts) => counts.map((count) => count || null);

const until = (values, row) => (values.to && values.to[row] !== values.from[row] ? [[`– ${longDay(values.to[row])}`, ""]] : []);

function due(table, look) {
  const values = columns(table);
  return {
    ...barFrame(look, values),
    yAxis: countAxis(look),
    tooltip: tooltip(look, (row) => [...until(values, row), [label(table, "in_time"), values.in_time[row], look["good-mark"]], [label(table, "late"), values.late[row], look["critical-mark"]], [label(table, "percent"), values.percent[row]]], { shadow: true }),
    series: [
      bars(look["good-mark"], { name: label(table, "in_time"), id: "in_time", stack: "due", data: values.in_time }),
      bars(look["critical-mark"], { name: label(table, "late"), id: "late", stack: "due", data: values.late }),
    ],
  };
}

function assessed(table, look) {
  const values = columns(table);
  const known = Math.min(...values.percent.filter((value) => value !== null), 100);
  const low = Math.max(0, Math.floor((known - 5) / 10) * 10);
  return {
    ...frame(look, values.day, { right: 46 }),
    yAxis: countAxis(look, { min: low, max: 100, interval: (100 - low) / 2, axisLabel: { color: look["ink-3"], fontSize: 11, margin: 8, formatter: (value) => `${said(value)} %` } }),
    tooltip: tooltip(look, (row) => [[label(table, "percent"), values.percent[row], look.accent]]),
    series: [line(look, { name: label(table, "percent"), id: "percent", data: values.percent })],
  };
}

function accepted(table, look) {
  const values = columns(table);
  return {
    ...barFrame(look, values),
    yAxis: countAxis(look),
    tooltip: tooltip(look, (row) => [
      ...until(values, row),
      [label(table, "standing"), values.standing[row], look.accepted],
      [label(table, "begun"), values.begun[row], look["unknown-mark"]],
      [label(table, "ended"), values.ended[row], look["line-2"]],
    ], { shadow: true }),
    series: [
      bars(look["unknown-mark"], { name: label(table, "begun"), id: "begun", data: drawn(values.begun), barGap: "10%" }),
      bars(look["line-2"], { name: label(table, "ended"), id: "ended", data: drawn(values.ended), itemStyle: { color: look["line-2"], borderColor: look.edge, borderWidth: 1 } }),
      line(look, { name: label(table, "standing"), id: "standing", data: values.standing, step: false, lineStyle: { width: 2, color: look.accepted }, itemStyle: { color: look.surface, borderColor: look.accepted, borderWidth: 2 } }),
    ],
  };
}
