// Copy buttons: those in the page show themselves; a code block of the guide is given one.
function told(button, word) {
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = word;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => (label.textContent = before), 1600);
}

function textOf(button) {
  if (button.dataset.copyText !== undefined) return button.dataset.copyText;
  const named = button.dataset.copy && document.getElementById(button.dataset.copy);
  const source = named || button.closest("figure, .code, .highlight")?.querySelector("pre");
  return source?.textContent ?? location.href;
}

function offer(pre) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn plain s";
  button.dataset.done = document.body.dataset.copiedWord;
  button.textContent = document.body.dataset.copyWord;
  button.addEventListener("click", () => copy(button, commands(pre)));
  const caption = pre.closest("figure.code")?.querySelector("figcaption");
  if (caption) caption.append(button);
  else frame(pre).append(button);
}

function frame(pre) {
  const made = document.createElement("div");
  made.className = "bare-code";
  pre.before(made);
  made.append(pre);
  return made;
}

// What a reader pastes: without the prompts of a terminal session, which are drawn but are not part of the command.
function commands(pre) {
  const code = pre.cloneNode(true);
  code.querySelectorAll(".tk-p").forEach((prompt) => prompt.remove());
  return code.textContent;
}

function copy(button, text) {
  navigator.clipboard.writeText(text).then(() => told(button, button.dataset.done));
}

export function startCopy(root) {
  if (!navigator.clipboard) return; // only offered where it can work: over https or on the own machine
  root.querySelectorAll("[data-copy][hidden], [data-copy-text][hidden]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, textOf(button)));
  });
  root.querySelectorAll(".prose pre").forEach((pre) => {
    if (!pre.closest(".bare-code") && !pre.closest("figure.code")?.querySelector("button")) offer(pre);
  });
}
