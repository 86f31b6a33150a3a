// Warns before a page with unsaved text is left: <form data-unsaved>. What saves by itself says so: secdash:saved.
export function startUnsaved() {
  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-unsaved]");
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => event.defaultPrevented || changed.delete(event.target));
  document.addEventListener("secdash:saved", (event) => changed.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}
