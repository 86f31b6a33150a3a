// CodeMirror over the textarea: Markdown in the product's colours, problems at their lines, checks completed.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { shortcuts } from "./tools.js";

// Every colour is a token of the product, so that both themes are right.
const colours = HighlightStyle.define([
  { tag: tags.heading, color: "var(--ink)", fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: tags.monospace, color: "light-dark(#1a6a3f, #86d5a6)" },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName, tags.comment], color: "var(--ink-3)" },
  { tag: [tags.keyword, tags.tagName], color: "light-dark(#0a5a8a, #7cc4ee)" },
  { tag: [tags.string, tags.attributeValue], color: "light-dark(#1a6a3f, #86d5a6)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", fontSize: "13px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-gutters": { background: "var(--sunken)", color: "var(--ink-3)", borderInlineEnd: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--accent) 25%, transparent)" },
  ".cm-tooltip, .cm-panels": { background: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line-2)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16em" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: ".8" },
  // in place of pictures that the content policy refuses
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lint-marker-error": { content: "normal", width: "auto", height: "auto", textAlign: "center" },
  ".cm-lint-marker-error::before": { content: "'✕'", color: "var(--bad)", fontWeight: "700" },
  ".cm-diagnostic": { fontFamily: "var(--font)" },
});

const DIRECTIVE = /^:::[ \t]*(?:c(?:h(?:e(?:ck?)?)?)?)?$|^:::[ \t]*check[ \t]+[\w-]*$/;

function completing(checks) {
  const options = checks.map(({ name, title }) => ({ label: `::: check ${name}`, displayLabel: name, detail: title, type: "keyword" }));
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    if (!DIRECTIVE.test(line.text.slice(0, context.pos - line.from))) return null;
    return { from: line.from, to: line.to, options, validFor: /^:::[ \w-]*$/ };
  };
}

// What the guide's renderer does not know either: headings by underlining, HTML.
const unknown = ["SetextHeading", "HTMLBlock", "HTMLTag"];

function extensions(form, checks, told) {
  return [
    EditorView.cspNonce.of(form.dataset.nonce),
    lineNumbers(), highlightSpecialChars(), history(), drawSelection(), highlightActiveLine(), highlightActiveLineGutter(),
    highlightSelectionMatches(), search({ top: true }), lintGutter(),
    EditorView.lineWrapping, EditorState.tabSize.of(4),
    markdown({ base: markdownLanguage, completeHTMLTags: false, extensions: { remove: unknown } }),
    syntaxHighlighting(colours), look,
    autocompletion({ override: [completing(checks)], icons: false }),
    shortcuts,
    // Tab moves on as on any page; Ctrl+Enter sends.
    keymap.of([...completionKeymap, ...defaultKeymap.filter((one) => one.key !== "Mod-Enter"), ...historyKeymap, ...searchKeymap]),
    EditorView.updateListener.of((update) => update.docChanged && told()),
  ];
}

// The preview names problems with their lines; they are shown where they stand, too.
function showProblems(view) {
  const found = [...document.querySelectorAll("#preview .problems [data-line]")].map((item) => {
    const line = view.state.doc.line(Math.min(Number(item.dataset.line), view.state.doc.lines));
    return { from: line.from, to: line.to, severity: "error", message: item.lastElementChild.textContent };
  });
  view.dispatch(setDiagnostics(view.state, found));
}

export function startView(form, checks) {
  const area = form.elements.body;
  const told = () => {
    area.value = view.state.doc.toString();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const label = document.getElementById("body-label");
  const content = EditorView.contentAttributes.of({ "aria-labelledby": label.id, tabindex: "0", spellcheck: "true", lang: area.lang });
  const state = EditorState.create({ doc: area.value, extensions: [content, extensions(form, checks, told)] });
  const view = new EditorView({ state });
  area.before(view.dom);
  area.hidden = true;
  label.addEventListener("click", () => view.focus());
  document.addEventListener("htmx:afterSwap", (event) => event.target.id === "preview" && showProblems(view));
  showProblems(view);
  return view;
}
