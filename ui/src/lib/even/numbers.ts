// Ratings, shares and weights as text: ratings with three decimals, shares of exchange and stake in per cent with three, weights
// with two, both rounded down. Pure.

import type { Locale } from '$lib/paraglide/runtime';
import { formatCount, tagOf } from '$lib/format/numbers';

/** What a float carries reliably; rounding to it first keeps 0.772 from becoming 0.771. */
const RELIABLE_DIGITS = 12;
const MINUS = '−';
const PPM = 1_000_000;

const formats = new Map<string, Intl.NumberFormat>();

function fixed(value: number, digits: number, locale: Locale, down: boolean): string {
  const key = `${locale} ${digits} ${down}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(tagOf(locale), {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      roundingMode: down ? 'trunc' : 'halfEven',
    });
    formats.set(key, format);
  }
  return format.format(Number(value.toPrecision(RELIABLE_DIGITS))).replace('-', MINUS);
}

/** A rating: `0.784`. */
export function formatRating(value: number, locale: Locale): string {
  return fixed(value, 3, locale, false);
}

/** A share between 0 and 1 as per cent without the sign: `0.772`. */
export function formatShare(share: number, locale: Locale, digits = 3): string {
  return fixed(share * 100, digits, locale, true);
}

/** Parts of a million as per cent without the sign: `1.55`. */
export function formatPpm(ppm: number, locale: Locale, digits = 2): string {
  return formatShare(ppm / PPM, locale, digits);
}

/** A difference with its sign: `+0.262`, `−0.009`, `0.000`. */
export function formatSigned(value: number, locale: Locale, digits = 3): string {
  const text = fixed(value, digits, locale, false);
  const plain = text.replace(MINUS, '');
  if (!/[1-9]/.test(plain)) return plain;
  return text === plain ? `+${text}` : text;
}

/** A factor: `1.7`, from ten on without decimals. */
export function formatFactor(value: number, locale: Locale): string {
  return fixed(value, value < 10 ? 1 : 0, locale, false);
}

/** A measured amount a second: three digits below a hundred, whole above. */
export function formatMeasure(value: number, locale: Locale): string {
  if (value === 0) return formatCount(0, locale);
  if (value >= 100) return formatCount(Math.round(value), locale);
  return fixed(value, value >= 10 ? 1 : value >= 1 ? 2 : 3, locale, false);
}

/** A whole number that arrives as text; the text itself when it is none. */
export function formatUnits(text: string, locale: Locale): string {
  return /^\d+$/.test(text) ? formatCount(BigInt(text), locale) : text;
}

/**
 * Parts rounded to `digits` so that they add up to their rounded sum: what is left over goes to the parts that rounding took
 * most from. Returned in units of the last digit.
 */
export function addUp(parts: readonly number[], digits = 3): { parts: number[]; sum: number } {
  const scale = 10 ** digits;
  const exact = parts.map((part) => part * scale);
  const sum = Math.round(exact.reduce((a, b) => a + b, 0));
  const down = exact.map(Math.floor);
  const short = sum - down.reduce((a, b) => a + b, 0);
  const order = exact
    .map((value, i) => ({ i, lost: value - Math.floor(value) }))
    .sort((a, b) => b.lost - a.lost || a.i - b.i);
  const lifted = new Set(order.slice(0, Math.max(0, short)).map(({ i }) => i));
  return { parts: down.map((value, i) => value + (lifted.has(i) ? 1 : 0)), sum };
}
