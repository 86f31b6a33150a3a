// What changes by itself is asked for again while somebody can see it, and not under their hands.
const MILLISECONDS = 1000;
const PATIENCE = 3; // times as long as an answer took: whoever is busy is asked less often
const TICKET = "X-Ticket"; // shown with the next question, which is answered quickly while nothing moves

const tickets = new Map();
let rests = 0;

function lookAgain() {
  if (document.visibilityState !== "visible" || performance.now() < rests) return;
  document.querySelectorAll("[data-live]").forEach((part) => {
    if (!part.contains(document.activeElement)) part.dispatchEvent(new CustomEvent("look-again"));
  });
}

function showTicket({ detail }) {
  if (!detail.elt.matches("[data-live]")) return;
  detail.elt.dataset.asked = performance.now();
  if (tickets.has(detail.elt.id)) detail.headers[TICKET] = tickets.get(detail.elt.id);
}

function keepTicket({ detail }) {
  if (!detail.elt.matches("[data-live]")) return;
  rests = performance.now() + PATIENCE * (performance.now() - detail.elt.dataset.asked);
  const ticket = detail.xhr.getResponseHeader(TICKET);
  if (ticket) tickets.set(detail.elt.id, ticket);
}

export function startLive() {
  if (!document.querySelector("[data-live]")) return;
  setInterval(lookAgain, MILLISECONDS);
  document.addEventListener("htmx:configRequest", showTicket);
  document.addEventListener("htmx:afterRequest", keepTicket);
}
