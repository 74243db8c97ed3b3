// Tables as text for other programs, by RFC 4180. Values are written as the core has them: amounts in whole units with all
// decimals, instants in UTC, names of columns in English whatever the language of the page. Pure.

export type Cell = string | number | boolean | null;

const CRLF = '\r\n';
/** A spreadsheet may take what begins so for a formula, in the full-width form too. */
const FORMULA = /^[\t\r\n ]*[=+\-@＝＋－＠]/u;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const QUOTED = /[",\r\n\t]|^\s|\s$/;

/** A table with its head. Every row has as many cells as there are names. */
export function toCsv(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [names, ...rows].map((row) => row.map(field).join(',') + CRLF).join('');
}

/** Foreign text never becomes a formula: it gets an apostrophe in front, as a person would type it. Numbers stay. */
function field(cell: Cell): string {
  if (cell === null) return '';
  const plain = String(cell);
  const text = FORMULA.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Base units as a decimal number with a point, all decimals; as they are when the decimals are not known. */
export function csvAmount(base: string | null, decimals: number | null): string | null {
  if (base === null || decimals === null || decimals === 0 || !/^-?\d+$/.test(base)) return base;
  const sign = base.startsWith('-') ? '-' : '';
  const digits = base.slice(sign.length).padStart(decimals + 1, '0');
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** An instant in UTC; empty where there is none. */
export function csvTime(ms: number | null): string | null {
  return ms === null || ms === 0 ? null : new Date(ms).toISOString();
}

/** A name for the file: what it is and the day. */
export function csvName(what: string, nowMs: number): string {
  return `everwatch-${what}-${new Date(nowMs).toISOString().slice(0, 10)}.csv`;
}
