// Days and numbers in the language of the page.
const language = document.documentElement.lang || "en";
const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

let months = [];

// The first day of each month, as the server writes it: so an axis and a table write the same day alike.
export const nameMonths = (firsts) => (months = firsts);
export const shortDay = (iso) => months[Number(iso.slice(5, 7)) - 1].replace("1", String(Number(iso.slice(8))));
export const longDay = (iso) => `${shortDay(iso)} ${iso.slice(0, 4)}`;
export const said = (value) => (value === null || value === undefined ? "–" : number.format(value));

// The columns of a table by their keys: what each says of every row.
export function columns(table) {
  const values = {};
  table.columns.forEach((column, at) => (values[column.key] = table.rows.map((row) => row[at])));
  return values;
}

export const label = (table, key) => table.columns.find((column) => column.key === key)?.label ?? "";
