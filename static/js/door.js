// A part of the page is asked for after its reader was signed out: the page itself goes to the door, unless something
// typed would be lost with it. Then a notice says so, until they are signed in again; the editor says it itself.
const REFUSED = 401;

export function startDoor() {
  const notice = document.querySelector("body:not(:has(form[data-editor])) [data-signed-out]");
  let typed = false;
  document.addEventListener("input", (event) => (typed ||= event.target.form?.method === "post"));
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const refused = detail.xhr.status === REFUSED;
    if (refused && !typed) location.reload();
    else if (notice && (refused || detail.successful)) notice.hidden = !refused;
  });
}
