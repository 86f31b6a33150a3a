// Buttons that print the page: shown where a script can do it.
export function startPrint(root) {
  root.querySelectorAll("[data-print][hidden]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}
