// The editor's page: CodeMirror in place of the textarea, which stays the field of the form and works without this.
import { startCopy } from "./editor/copy.js";
import { startSaving } from "./editor/saving.js";
import { startBeside, startSync } from "./editor/sync.js";
import { startTools } from "./editor/tools.js";
import { startView } from "./editor/view.js";

const form = document.querySelector("form[data-editor]");
if (form) {
  // By its element: a heading of the preview may have the same anchor, and stands before it.
  const checks = JSON.parse(document.querySelector("script#checks")?.textContent ?? "[]");
  const view = startView(form, checks);
  const copy = startCopy(form, view);
  const saving = startSaving(form, copy);
  startSync(view, document.getElementById("preview"));
  startBeside(view, document.querySelector(".side-text"));
  startTools(form, view);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key === "s") event.preventDefault(), saving.now();
    if (event.key === "Enter" && form.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit([...form.querySelectorAll("[data-send-button]")].at(-1));
    }
  }, { capture: true });
}
