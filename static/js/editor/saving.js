// Saves by itself: a while after the last change, and on leaving. Says where things stand, and never writes over what
// another tab saved (the server decides by the count in `edits`, and keeps what came second).
const PAUSE = 2500;
const AGAIN = 8000;
const SMALL = 60_000; // bytes that may still be sent while a page goes

export function startSaving(form, copy) {
  const state = form.querySelector("[data-state]");
  const language = document.documentElement.lang || "en";
  let saved = snapshot();
  let waiting = null;
  let running = null;
  let stopped = false;
  let unanswered = null;
  let renewed = false;
  let refused = false; // the form's own answer says why

  function snapshot() {
    return JSON.stringify(["before", "body", "after", "summary"].map((name) => form.elements[name].value));
  }

  function whole() {
    const { before, body, after } = form.elements;
    return before.value + body.value + (after.value && !body.value.endsWith("\n") ? "\n" : "") + after.value;
  }

  function say(word, kind, link) {
    state.dataset.now = kind;
    const time = new Date().toLocaleTimeString(language === "en" ? "en-GB" : language, { hour: "2-digit", minute: "2-digit" });
    state.textContent = state.dataset[word].replace("{time}", time);
    if (!link) return;
    const a = Object.assign(document.createElement("a"), { href: link, textContent: state.dataset.wordLook });
    state.append(" ", a);
  }

  function changed() {
    if (snapshot() === saved || stopped) return;
    if (state.dataset.now !== "bad") say("wordChanged", "changed");
    copy.put();
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  }

  async function save(leaving = false) {
    clearTimeout(waiting);
    while (running) await running; // two at once would look like two tabs
    const now = snapshot();
    if (stopped || now === saved) return;
    running = attempt(now, leaving);
    await running;
    running = null;
    if (snapshot() !== now && state.dataset.now !== "bad") changed();
  }

  async function attempt(now, leaving) {
    if (!leaving) say("wordSaving", "changed");
    const text = whole();
    try {
      await judge(await send(leaving && now.length < SMALL), now);
    } catch {
      unanswered = text;
      say("wordOffline", "bad");
      later();
    }
  }

  function send(keepalive) {
    const body = new FormData(form);
    body.set("act", "save");
    return fetch(form.dataset.save, { method: "POST", body, redirect: "manual", keepalive, headers: { Accept: "application/json" } });
  }

  async function judge(answer, now) {
    if (answer.type === "opaqueredirect" || answer.status === 403) return refreshed();
    const told = await answer.json();
    if (answer.ok) return done(told, now);
    if (answer.status === 409) return aside(told);
    refused = true;
    say("wordRefused", "bad");
  }

  function done(told, now) {
    saved = now;
    renewed = false;
    form.elements.edits.value = told.edits;
    if (form.dataset.save !== told.urls.save) move(told.urls);
    say("wordSaved", "good");
    if (snapshot() === now) {
      copy.drop();
      form.dispatchEvent(new CustomEvent("secdash:saved", { bubbles: true }));
    }
  }

  // The first save made the proposal: from now on this page is its page.
  function move(urls) {
    Object.assign(form.dataset, urls);
    form.action = urls.send;
    form.querySelector("[data-save-button]").formAction = urls.save;
    const chip = form.querySelector("[data-chip]");
    chip.textContent = chip.dataset.chip;
    const section = form.elements.section.value;
    window.history.replaceState(null, "", section ? `${urls.page}?section=${encodeURIComponent(section)}` : urls.page);
  }

  function aside(told) {
    if (told.body === unanswered) { // our own save, whose answer was lost: go on from there
      form.elements.edits.value = told.edits;
      waiting = setTimeout(save, 100);
      return;
    }
    stopped = true;
    saved = snapshot();
    copy.drop();
    form.dispatchEvent(new CustomEvent("secdash:saved", { bubbles: true }));
    say("wordAside", "bad", told.kept_url);
  }

  // Signed out, or signed in anew in another tab, which made this page's token useless: ask for a fresh one.
  async function refreshed() {
    const answer = await fetch(form.dataset.page, { redirect: "manual" });
    const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const token = page?.querySelector("form[data-editor] [name=csrfmiddlewaretoken]")?.value;
    const same = page?.querySelector("form[data-editor]")?.dataset.mine === form.dataset.mine;
    if (token && same) {
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
      clearTimeout(waiting);
      waiting = setTimeout(save, renewed ? AGAIN : 100); // a fresh token that is refused as well is no reason to hurry
      renewed = true;
      return;
    }
    say("wordOut", "bad");
    later();
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(save, AGAIN);
  }

  form.addEventListener("input", changed);
  // What is sent is saved first, and goes on only when the server has it: a lost session never takes a text along.
  form.addEventListener("submit", async (event) => {
    if (snapshot() === saved || refused) return;
    event.preventDefault();
    await save();
    if (!stopped && (snapshot() === saved || refused)) form.requestSubmit(event.submitter);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save(true));
  window.addEventListener("pagehide", () => save(true));
  window.addEventListener("focus", () => state.dataset.now === "bad" && save());
  window.addEventListener("pageshow", (event) => event.persisted && changed());
  if (form.dataset.carried) (saved = ""), changed();
  return { now: () => save() };
}
