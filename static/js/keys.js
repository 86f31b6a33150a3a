// Single keys: / searches, g then the letter of a room goes there, ? opens the help. They can be switched off (WCAG 2.1.4).
// What a page offers beside these has its key in data-press: a field is gone to, anything else is clicked.
const SWITCH = "single-keys";

// By their elements: a heading of an article may have the same anchor.
const help = () => document.querySelector("dialog#help");
const search = () => document.querySelector("input#q");

export function writing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog[open]");
}

function press(event) {
  const wanted = document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  wanted.matches("input, textarea, select") ? wanted.focus() : wanted.click();
}

function stored() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

function keep(on) {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    // storage refused: the choice lasts as long as the page
  }
}

let on = true;

// Whether single keys do anything on this device.
export function singleKeys() {
  return on;
}

export function startKeys() {
  on = stored();
  let go = false;
  const box = document.querySelector("[data-single-keys]");
  if (box) {
    box.checked = on;
    box.addEventListener("change", () => keep((on = box.checked)));
  }
  document.querySelectorAll("[data-open-help]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => help()?.showModal());
  });
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (go) {
      go = false;
      const room = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (room) event.preventDefault(), room.click();
    } else if (event.key === "g") {
      go = true;
      setTimeout(() => (go = false), 1500);
    } else if (event.key === "/") {
      event.preventDefault();
      search()?.select();
      search()?.focus();
    } else if (event.key === "?") {
      help()?.showModal();
    } else {
      press(event);
    }
  });
}
