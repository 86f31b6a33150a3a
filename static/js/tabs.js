// Tabs within a page: links to sections without a script, a proper tab list with one (arrows, Home, End).
function choose(tabs, chosen, focus) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.hash.slice(1)).hidden = !on;
  }
  if (focus) chosen.focus();
}

function next(tabs, at, key) {
  const last = tabs.length - 1;
  return { ArrowRight: tabs[at === last ? 0 : at + 1], ArrowLeft: tabs[at === 0 ? last : at - 1], Home: tabs[0], End: tabs[last] }[key];
}

function start(list) {
  const tabs = [...list.querySelectorAll('a[href^="#"]')].filter((tab) => document.getElementById(tab.hash.slice(1)));
  if (!tabs.length) return;
  list.dataset.started = "yes";
  list.setAttribute("role", "tablist");
  tabs.forEach((tab, at) => {
    const panel = document.getElementById(tab.hash.slice(1));
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.id ||= `${panel.id}-tab`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", (event) => (event.preventDefault(), choose(tabs, tab, true)));
    tab.addEventListener("keydown", (event) => {
      const to = next(tabs, at, event.key);
      if (to) event.preventDefault(), choose(tabs, to, true);
    });
  });
  choose(tabs, tabs.find((tab) => tab.hash === location.hash) ?? tabs[0], false);
}

export function startTabs(root) {
  root.querySelectorAll("[data-tabs]:not([data-started])").forEach(start);
}
