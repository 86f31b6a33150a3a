// What changes by itself is asked for again while somebody can see it, and not under their hands.
const MILLISECONDS = 1000;

function lookAgain() {
  if (document.visibilityState !== "visible") return;
  document.querySelectorAll("[data-live]").forEach((part) => {
    if (!part.contains(document.activeElement)) part.dispatchEvent(new CustomEvent("look-again"));
  });
}

export function startLive() {
  if (!document.querySelector("[data-live]")) return;
  setInterval(lookAgain, MILLISECONDS);
}
