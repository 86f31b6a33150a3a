// Choosing findings. Without a script the boxes are a plain form; here the bar appears with the first box, rows keep
// their choice while htmx puts groups in and out, and single keys walk the list: j k, x, Enter, and one for each act.
import { singleKeys, writing } from "./keys.js";

const form = () => document.querySelector("form[data-selecting]");
const rows = (group) => [...group.querySelectorAll("input[data-row]")];
const kept = (group) => [...group.querySelectorAll("input[data-kept]")];
const whole = (group) => group.querySelector("input[data-whole]");

function inGroup(group) {
  const box = whole(group);
  const chosen = rows(group).filter((row) => row.checked);
  const number = chosen.length + kept(group).length;
  box.indeterminate = !box.checked && number > 0;
  rows(group).forEach((row) => row.closest("tr").classList.toggle("on", row.checked));
  return box.checked ? Number(box.dataset.whole) : number;
}

function refresh(list) {
  const all = list.querySelector("[data-all]");
  const numbers = [...list.querySelectorAll("[data-group]")].map(inGroup);
  const number = all?.checked ? Number(list.dataset.matching) : numbers.reduce((sum, each) => sum + each, 0);
  const said = list.querySelector("[data-chosen]");
  const text = said.dataset.chosenWord.replace("{n}", number.toLocaleString(document.documentElement.lang));
  if (said.textContent !== text) said.textContent = text;
  list.querySelector("[data-bar]").classList.toggle("away", number === 0);
  list.classList.toggle("choosing", number > 0);
  return number;
}

function changed(event) {
  const list = form();
  const box = event.target;
  const group = box.closest("[data-group]");
  if (box.matches("[data-all]")) {
    list.querySelectorAll("[data-whole], [data-row]").forEach((each) => (each.checked = box.checked));
    if (!box.checked) list.querySelectorAll("[data-kept]").forEach((each) => each.remove());
  } else if (group) {
    list.querySelector("[data-all]").checked = false;
    if (box.matches("[data-whole]")) {
      rows(group).forEach((row) => (row.checked = box.checked));
      kept(group).forEach((row) => row.remove());
    } else if (!box.checked) {
      whole(group).checked = false;
    }
  }
  refresh(list);
}

function cleared(list) {
  list.querySelectorAll("[data-kept]").forEach((each) => each.remove());
  setTimeout(() => refresh(list));
}

// What was chosen in a group survives that the group is drawn anew: rows that are no longer there go along hidden.
function carry(before, after) {
  const chosen = new Set([...rows(before).filter((row) => row.checked), ...kept(before)].map((row) => row.value));
  whole(after).checked = whole(before).checked;
  rows(after).forEach((row) => (row.checked = whole(after).checked || chosen.delete(row.value)));
  if (whole(after).checked) return;
  chosen.forEach((value) => {
    const row = document.createElement("input");
    Object.assign(row, { type: "hidden", name: "finding", value });
    row.dataset.kept = "";
    after.append(row);
  });
}

let leaving = null; // the group that htmx is about to replace, and where the focus was in it

function beforeSwap(event) {
  const target = event.detail.target;
  if (!target?.matches("[data-group]")) return;
  const row = document.activeElement?.closest("tr");
  leaving = { group: target, inside: target.contains(document.activeElement), at: row ? row.rowIndex : rows(target).length + 1 };
}

function afterSwap() {
  const after = leaving && document.getElementById(leaving.group.id);
  if (after) {
    carry(leaving.group, after);
    if (leaving.inside && !after.contains(document.activeElement)) {
      const stops = [...after.querySelectorAll("[data-stop]")];
      (stops[leaving.at] ?? stops[0]).focus();
    }
  }
  leaving = null;
  const dialog = document.querySelector("dialog#act-dialog");
  if (dialog && !dialog.open && dialog.querySelector("form")) dialog.showModal();
  document.querySelector("#filter-form:not([data-seen]) input:not([type=hidden])")?.focus();
  document.querySelector("#filter-form")?.setAttribute("data-seen", "");
  if (form()) refresh(form());
}

function walk(list, step) {
  const stops = [...list.querySelectorAll("[data-stop]")];
  const here = document.activeElement?.closest("tr, .g")?.querySelector("[data-stop]") ?? document.activeElement;
  const at = stops.indexOf(here);
  stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
}

function boxHere() {
  const place = document.activeElement?.closest("tr, .g");
  return place?.querySelector("input[data-row], input[data-whole]");
}

function pressed(event) {
  const list = form();
  if (!list || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !singleKeys()) return;
  if (writing(event.target) && !event.target.matches("input[type=checkbox]")) return;
  const inside = list.contains(document.activeElement);
  const step = { j: 1, k: -1, ...(inside ? { ArrowDown: 1, ArrowUp: -1 } : {}) }[event.key];
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (step) {
    event.preventDefault();
    walk(list, step);
  } else if (event.key === "x" && boxHere()) {
    event.preventDefault();
    boxHere().click();
  } else if (button) {
    event.preventDefault();
    if (list.contains(button) && refresh(list) === 0) boxHere()?.click();
    if (!list.contains(button) || refresh(list) > 0) button.click();
  }
}

function closeFilter(event) {
  if (!event.target.closest?.("#filter-place [data-close-filter]")) return;
  event.preventDefault();
  document.querySelector("#filter-place").replaceChildren();
  document.querySelector("#filter-open")?.focus();
}

export function startSelecting() {
  document.addEventListener("click", closeFilter);
  const list = form();
  if (!list) return;
  list.addEventListener("change", changed);
  list.addEventListener("reset", () => cleared(list));
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:afterSwap", afterSwap);
  document.addEventListener("keydown", pressed);
  refresh(list);
}
