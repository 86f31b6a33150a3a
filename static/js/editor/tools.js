// The few buttons above the source. Each changes the text at the cursor and gives the focus back.
import { startCompletion } from "@codemirror/autocomplete";
import { EditorSelection } from "@codemirror/state";
import { keymap } from "@codemirror/view";

function around(view, before, after) {
  view.dispatch(view.state.changeByRange((range) => ({
    changes: [{ from: range.from, insert: before }, { from: range.to, insert: after }],
    range: EditorSelection.range(range.from + before.length, range.to + before.length),
  })));
}

function atLine(view, change) {
  const { from, to } = view.state.selection.main;
  const first = view.state.doc.lineAt(from).number;
  const last = view.state.doc.lineAt(to).number;
  const changes = [];
  for (let number = first; number <= last; number += 1) changes.push(change(view.state.doc.line(number)));
  view.dispatch({ changes });
}

// A block of its own, with an empty line before it.
function block(view, text) {
  const line = view.state.doc.lineAt(view.state.selection.main.head);
  const before = line.number > 1 ? view.state.doc.line(line.number - 1).text : "";
  const lead = line.text.trim() ? "\n\n" : before.trim() ? "\n" : "";
  const from = line.text.trim() ? line.to : line.from;
  view.dispatch({ changes: { from, to: line.to, insert: lead + text }, selection: { anchor: from + lead.length + text.length } });
}

const tools = {
  heading: (view) => atLine(view, (line) => ({ from: line.from, insert: /^#/.test(line.text) ? "#" : "## " })),
  bold: (view) => around(view, "**", "**"),
  code: (view) => {
    const { from, to } = view.state.selection.main;
    view.state.sliceDoc(from, to).includes("\n") ? around(view, "```\n", "\n```") : around(view, "`", "`");
  },
  link: (view) => around(view, "[", "](https://)"),
  list: (view) => atLine(view, (line) => ({ from: line.from, insert: "- " })),
  table: (view, button) => {
    const [one, two] = button.dataset.columns.split("|");
    block(view, `| ${one} | ${two} |\n|---|---|\n|  |  |`);
  },
  check: (view) => {
    block(view, "::: check ");
    view.focus();
    startCompletion(view);
  },
};

export const shortcuts = keymap.of([
  { key: "Mod-b", run: (view) => (tools.bold(view), true) },
  { key: "Mod-k", run: (view) => (tools.link(view), true) },
]);

export function startTools(form, view) {
  const bar = form.querySelector("[data-tools]");
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tool]");
    if (!button) return;
    tools[button.dataset.tool](view, button);
    view.focus();
  });
}
