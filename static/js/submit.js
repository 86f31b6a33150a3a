// Ctrl+Enter (or ⌘+Enter) anywhere in <form data-submit-key> sends it by its main button.
export function startSubmit() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("form[data-submit-key]");
    if (form) event.preventDefault(), form.requestSubmit();
  });
}
