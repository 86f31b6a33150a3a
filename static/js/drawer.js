// The drawer and the small menus are <details>: they open without a script. Here they learn Escape, focus and clicks outside.
function close(details, refocus) {
  details.open = false;
  if (refocus) details.querySelector("summary").focus();
}

export function startDrawer() {
  const drawer = document.querySelector("[data-drawer]");
  const side = document.getElementById("side");
  drawer?.addEventListener("toggle", () => {
    if (drawer.open) side?.querySelector(".nav a")?.focus();
  });
  const opened = () => [...document.querySelectorAll("details.pop[open], [data-drawer][open]")];
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") opened().forEach((details) => close(details, true));
  });
  document.addEventListener("click", (event) => {
    for (const details of opened()) {
      const inside = details.contains(event.target) || (details === drawer && side?.contains(event.target));
      if (!inside) close(details, false);
    }
  });
}
