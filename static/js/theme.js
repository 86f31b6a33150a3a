// The theme menu works without a script; with one, the page changes at once and the choice is kept behind its back.
const icons = { light: 0, dark: 1, system: 2 };

function wear(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function mark(menu, buttons, theme) {
  buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.value === theme)));
  const drawn = buttons[icons[theme]].querySelector("svg").cloneNode(true);
  menu.querySelector("summary svg").replaceWith(drawn);
}

export function startTheme() {
  const menu = document.querySelector("[data-theme-choice]");
  if (!menu) return;
  const form = menu.querySelector("form");
  const buttons = [...form.querySelectorAll("button[name=theme]")];
  form.addEventListener("submit", (event) => {
    const theme = event.submitter?.value;
    if (!(theme in icons)) return;
    event.preventDefault();
    const kept = new FormData(form, event.submitter);
    wear(theme);
    mark(menu, buttons, theme);
    menu.open = false;
    menu.querySelector("summary").focus();
    fetch(form.action, { method: "POST", body: kept, redirect: "manual" }).catch(() => {});
  });
}
