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
