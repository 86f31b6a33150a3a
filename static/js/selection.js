// Choosing rows: one box chooses all, the action bar appears with the first one and says how many.
function refresh(form) {
  const boxes = [...form.querySelectorAll("input[type=checkbox][data-row]")];
  const chosen = boxes.filter((box) => box.checked);
  boxes.forEach((box) => box.closest("tr")?.classList.toggle("on", box.checked));
  const all = form.querySelector("[data-select-all]");
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  form.querySelectorAll("[data-selection-bar]").forEach((bar) => (bar.hidden = chosen.length === 0));
  form.querySelectorAll("[data-count]").forEach((out) => (out.textContent = String(chosen.length)));
}

export function startSelection(root) {
  root.querySelectorAll("form[data-selection]").forEach((form) => {
    form.querySelectorAll("[data-select-all][hidden]").forEach((box) => (box.hidden = false));
    refresh(form);
    if (form.dataset.watched) return;
    form.dataset.watched = "yes";
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-select-all]")) {
        form.querySelectorAll("[data-row]").forEach((box) => (box.checked = event.target.checked));
      }
      refresh(form);
    });
    form.addEventListener("reset", () => setTimeout(() => refresh(form)));
  });
}
