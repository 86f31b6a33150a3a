// Times in the reader's zone and language; the server's words stand until then, and wherever there is no script.
const page = document.documentElement.lang || "en";
const language = page === "en" ? "en-GB" : page; // the day before the month, as the server writes it
const WEEK = 7 * 24 * 3600;
const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
const days = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const clocks = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });

const moment = (at) => `${dates.format(at)}, ${clocks.format(at)}`;
const steps = (seconds) =>
  seconds < 3600 ? [Math.floor(seconds / 60), "minute", 1] : seconds < 86400 ? [Math.floor(seconds / 3600), "hour", 2] : [Math.floor(seconds / 86400), "day", 3];

function recent(at) {
  const seconds = (Date.now() - at) / 1000;
  return seconds < WEEK && seconds > -60 ? Math.max(0, seconds) : null;
}

const forms = {
  ago(at) {
    const seconds = recent(at);
    if (seconds === null) return dates.format(at);
    if (seconds < 60) return null; // the server's "just now" is still true, or the next refresh says better
    const [count, unit] = steps(seconds);
    return relative.format(-count, unit);
  },
  short(at) {
    const seconds = recent(at);
    const units = document.body.dataset.units?.split("|");
    if (seconds === null || !units) return days.format(at);
    if (seconds < 60) return units[0];
    const [count, , place] = steps(seconds);
    return units[place].replace("{n}", count);
  },
  day: (at) => dates.format(at),
  clock: (at) => clocks.format(at),
  moment,
};

function rewrite(time) {
  if (!time.dateTime.includes("T")) return; // a day has no zone
  const at = new Date(time.dateTime);
  const text = forms[time.dataset.form]?.(at);
  if (text) time.textContent = text;
  if (time.dataset.form !== "moment") time.title = moment(at);
}

const all = (root) => root.querySelectorAll("time[data-form]").forEach(rewrite);

export function startTimes(root) {
  all(root);
}

setInterval(() => all(document), 30_000);
