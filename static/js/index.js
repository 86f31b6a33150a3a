// The page index stands open on wide screens, and shows which section is being read.
function follow(index) {
  const links = new Map([...index.querySelectorAll('a[href^="#"]')].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const heads = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (!heads.length) return;
  const show = () => {
    const passed = heads.filter((head) => head.getBoundingClientRect().top < 120);
    const now = (passed.at(-1) ?? heads[0]).id;
    links.forEach((link, id) => (id === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  };
  let waiting = false;
  document.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => ((waiting = false), show()));
  }, { passive: true });
  show();
}

export function startIndex() {
  const wide = matchMedia("(min-width: 1001px)");
  document.querySelectorAll("details.toc").forEach((index) => {
    index.open = wide.matches;
    wide.addEventListener("change", () => (index.open = wide.matches));
    follow(index);
  });
}
