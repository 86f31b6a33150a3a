// A search box that offers links as one types: the combobox pattern. Arrows choose, Enter follows, Escape closes.
// Without a script it is a plain form. The server sends the list; here it is only shown, walked through and closed.
function start(input) {
  const popup = document.getElementById(input.dataset.combobox);
  const said = document.getElementById(`${popup.id}-said`);
  let closed = true;

  const options = () => [...popup.querySelectorAll('[role="option"]')];
  const chosen = () => popup.querySelector('[aria-selected="true"]');

  function choose(option) {
    options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (option) input.setAttribute("aria-activedescendant", option.id), option.scrollIntoView({ block: "nearest" });
    else input.removeAttribute("aria-activedescendant");
  }

  function show(open) {
    closed = !open;
    const found = options();
    popup.hidden = !open || !popup.textContent.trim();
    input.setAttribute("aria-expanded", String(!popup.hidden && found.length > 0));
    if (found.length) input.setAttribute("aria-controls", found[0].closest('[role="listbox"]').id);
    else input.removeAttribute("aria-controls");
    choose(null);
  }

  function step(by) {
    const found = options();
    if (popup.hidden) return show(true);
    const at = found.indexOf(chosen()) + by;
    choose(at === found.length || at === -1 ? null : found.at(at < -1 ? -1 : at));
  }

  // Each says whether the key was used up.
  const keys = {
    ArrowDown: () => (step(1), true),
    ArrowUp: () => (step(-1), true),
    Escape: () => !popup.hidden && (show(false), true),
    Enter: () => !popup.hidden && chosen() && (chosen().click(), true),
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-haspopup", "listbox");
  input.setAttribute("aria-expanded", "false");
  input.addEventListener("input", () => (closed = false));
  input.addEventListener("keydown", (event) => {
    if (!event.isComposing && keys[event.key]?.()) event.preventDefault();
  });
  popup.addEventListener("htmx:afterSwap", () => {
    show(!closed);
    said.textContent = closed ? "" : popup.querySelector("[data-said]")?.dataset.said ?? "";
  });
  input.form.addEventListener("focusout", (event) => !input.form.contains(event.relatedTarget) && show(false));
}

export function startCombobox() {
  document.querySelectorAll("[data-combobox]").forEach(start);
}
