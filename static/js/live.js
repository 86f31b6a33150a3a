// What changes by itself is asked for again while somebody can see it, and not under their hands.
const MILLISECONDS = 1000;

function lookAgain() {
  if (document.visibilityState !== "visible") return;
  document.querySelectorAll("[data-live]").forEach((part) => {
    if (!part.contains(document.activeElement)) part.dispatchEvent(new CustomEvent("look-again"));
  });
}

// Whoever is signed out meanwhile is led to the door, which must not land inside the page.
function seeWhere(event) {
  const { xhr, target } = event.detail;
  if (target?.matches?.("[data-live]") && xhr.responseURL && !xhr.responseURL.includes(target.getAttribute("hx-get").split("?")[0])) {
    event.detail.shouldSwap = false;
    location.reload();
  }
}

export function startLive() {
  if (!document.querySelector("[data-live]")) return;
  document.addEventListener("htmx:beforeSwap", seeWhere);
  setInterval(lookAgain, MILLISECONDS);
}
