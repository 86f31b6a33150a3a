// A copy of what is typed in this browser, until the server has it: offered again after a reload or a lost session.
const fields = ["before", "body", "after", "section", "summary", "edits", "base"];

const read = (form) => Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));
const text = (copy) => copy.before + copy.body + copy.after;

function store(act) {
  try {
    return act(localStorage);
  } catch {
    return null; // storage refused or full: the warning before leaving remains
  }
}

export function startCopy(form, view) {
  const key = `draft:${form.dataset.mine}`;
  const offer = form.querySelector("[data-copy-offer]");
  const kept = JSON.parse(store((disk) => disk.getItem(key)) ?? "null");

  const put = () => store((disk) => disk.setItem(key, JSON.stringify({ ...read(form), at: Date.now() })));
  const drop = () => store((disk) => disk.removeItem(key));

  if (kept && text(kept) === text(read(form))) drop();
  else if (kept) {
    const language = document.documentElement.lang || "en";
    offer.querySelector("[data-copy-time]").textContent = new Date(kept.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    offer.hidden = false;
    offer.querySelector("[data-copy-take]").addEventListener("click", () => {
      offer.hidden = true;
      for (const name of fields) if (name !== "body") form.elements[name].value = kept[name];
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: kept.body } });
      view.focus();
    });
    offer.querySelector("[data-copy-drop]").addEventListener("click", () => ((offer.hidden = true), drop()));
  }
  // While an older copy waits to be looked at, it is not written over.
  return { put: () => offer.hidden && put(), drop: () => offer.hidden && drop() };
}
