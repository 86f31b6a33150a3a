// Source and preview scroll together: the headings of the preview are tied to their lines, what lies between is shared out.

function points(view, preview) {
  const article = preview.querySelector("[data-lines]");
  const named = (article?.dataset.lines ?? "").split(" ").filter(Boolean).map((pair) => {
    const at = pair.lastIndexOf(":");
    return [pair.slice(0, at), Number(pair.slice(at + 1))];
  });
  const top = preview.getBoundingClientRect().top - preview.scrollTop;
  const doc = view.state.doc;
  const found = [[0, 0]];
  for (const [anchor, line] of named) {
    const heading = document.getElementById(anchor);
    if (!heading || !preview.contains(heading) || line > doc.lines || line < 1) continue;
    found.push([view.lineBlockAt(doc.line(line).from).top, heading.getBoundingClientRect().top - top]);
  }
  found.push([view.contentHeight, preview.scrollHeight]);
  return found;
}

function across(pairs, value, from, to) {
  let at = 1;
  while (at < pairs.length - 1 && pairs[at][from] <= value) at += 1;
  const [a, b] = [pairs[at - 1], pairs[at]];
  const share = b[from] > a[from] ? (value - a[from]) / (b[from] - a[from]) : 0;
  return a[to] + share * (b[to] - a[to]);
}

const HEADING = /^#{1,6}.*\{:?\s*#([\w-]+)/;

// The text beside: its headings are those of the source that have the same anchor, as a translation's do.
function besides(view, side) {
  const rows = new Map();
  for (const row of side.querySelectorAll("tr:not(.del)")) {
    const anchor = HEADING.exec(row.querySelector(".tx").textContent)?.[1];
    if (anchor) rows.set(anchor, row.offsetTop);
  }
  const found = [[0, 0]];
  for (let number = 1; number <= view.state.doc.lines; number += 1) {
    const line = view.state.doc.line(number);
    const anchor = HEADING.exec(line.text)?.[1];
    if (rows.has(anchor)) found.push([view.lineBlockAt(line.from).top, rows.get(anchor)]);
  }
  return [...found, [view.contentHeight, side.scrollHeight]];
}

// It follows the source, and begins at what is marked in it.
export function startBeside(view, side) {
  if (!side) return;
  const marked = side.querySelector("tr.add, tr.del");
  if (marked) side.scrollTop = Math.max(0, marked.offsetTop - 60);
  view.scrollDOM.addEventListener("scroll", () => (side.scrollTop = across(besides(view, side), view.scrollDOM.scrollTop, 0, 1)), { passive: true });
}

export function startSync(view, preview) {
  const source = view.scrollDOM;
  let leader = source; // the pane that a person scrolls; the other follows and does not answer
  const lead = (pane) => () => (leader = pane);
  for (const [pane, zone] of [[source, view.dom], [preview, preview]]) {
    for (const kind of ["pointerenter", "wheel", "focusin", "keydown", "touchstart"]) zone.addEventListener(kind, lead(pane), { passive: true });
  }
  source.addEventListener("scroll", () => {
    if (leader === source) preview.scrollTop = across(points(view, preview), source.scrollTop, 0, 1);
  }, { passive: true });
  preview.addEventListener("scroll", () => {
    if (leader === preview) source.scrollTop = across(points(view, preview), preview.scrollTop, 1, 0);
  }, { passive: true });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "preview" && leader === source) preview.scrollTop = across(points(view, preview), source.scrollTop, 0, 1);
  });
}
