// The colours of the page, as the style sheet has them now: read through an element, for only that resolves them.
const NAMES = [
  "surface", "line", "line-2", "edge", "ink", "ink-2", "ink-3", "accent", "unknown-mark", "good-mark", "accepted",
  "critical-mark", "high-mark", "medium-mark", "low-mark", "info-mark", "a", "b", "c", "d", "e",
];

export function colours({ paper = false } = {}) {
  const probe = document.createElement("span");
  probe.hidden = true;
  if (paper) probe.style.colorScheme = "light";
  document.body.append(probe);
  const found = {};
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  found.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return found;
}

// Calls back when the page's theme changes, by the menu or by the system.
export function onTheme(changed) {
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
