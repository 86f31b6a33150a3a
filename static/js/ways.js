// Another way to a host hides ways of reading that do not go with it: where the chosen one is hidden, the first shown is chosen.
export function startWays() {
  document.addEventListener("change", (event) => {
    if (event.target.name !== "kind" || !event.target.closest?.("form.connect")) return;
    event.target.form.querySelectorAll("fieldset.ways.tall").forEach((group) => {
      const shown = [...group.querySelectorAll("input")].filter((radio) => radio.offsetParent);
      if (shown.length && !shown.some((radio) => radio.checked)) shown[0].checked = true;
    });
  });
}
