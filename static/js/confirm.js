// A link or button with data-dialog opens that <dialog> in place of the page that asks; without a script the page asks.
export function startConfirm() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    const dialog = opener && document.querySelector(`dialog#${CSS.escape(opener.dataset.dialog)}`);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.target.closest?.("[data-close]")) {
      event.preventDefault();
      event.target.closest("dialog")?.close();
    } else if (event.target instanceof HTMLDialogElement) {
      event.target.close(); // a click on the backdrop
    }
  });
}
