// Days and numbers in the language of the page.
const language = document.documentElement.lang || "en";
const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
const long = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

export const shortDay = (iso) => short.format(new Date(iso));
export const longDay = (iso) => long.format(new Date(iso));
export const said = (value) => (value === null || value === undefined ? "–" : number.format(value));

// The columns of a table by their keys: what each says of every row.
export function columns(table) {
  const values = {};
  table.columns.forEach((column, at) => (values[column.key] = table.rows.map((row) => row[at])));
  return values;
}

export const label = (table, key) => table.columns.find((column) => column.key === key)?.label ?? "";
