// Messages can be put away; a good one leaves by itself after a while, unless it is pointed at or holds the focus.
const LINGER = 8000;

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), LINGER);
  else toast.remove();
}

export function startToasts() {
  document.querySelectorAll("[data-toast]").forEach((toast) => {
    const button = toast.querySelector("[data-dismiss]");
    button.hidden = false;
    button.addEventListener("click", () => toast.remove());
    if (toast.getAttribute("role") === "status") setTimeout(() => leave(toast), LINGER);
  });
}
