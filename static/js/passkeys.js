// The ceremonies are django-allauth's scripts. Here: offered only where there are any, and said on the page when they fail.
export function startPasskeys() {
  const known = Boolean(window.PublicKeyCredential);
  document.querySelectorAll("[data-passkeys]").forEach((each) => (each.hidden = !known));
  document.querySelectorAll("[data-no-passkeys]").forEach((each) => (each.hidden = known));
  document.addEventListener("allauth.error", (event) => {
    const place = document.querySelector("[data-passkey-error]");
    if (!place) return;
    event.preventDefault();
    place.hidden = false;
  });
}
