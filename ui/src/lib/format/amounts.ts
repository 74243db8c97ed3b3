// Amounts are integers in base units as text and stay so: digits are moved, never computed with floats.

import type { Locale } from '$lib/paraglide/runtime';
import { formatCount, separators } from './numbers';

export interface AmountParts {
  /** `−` (U+2212), or empty. */
  sign: string;
  /** Whole part with grouping. */
  whole: string;
  /** Decimal sign and digits that count; empty for base units. */
  fraction: string;
  /** Zeros beyond the second decimal, shown faintly. */
  faint: string;
}

const MINUS = '\u2212';
const INTEGER = /^([+-]?)(\d+)$/;
const DECIMALS_MIN = 2;

/**
 * Splits base units into what is shown. `decimals` null means that the token's decimals are not known: the integer
 * itself is shown. Null when the text is no integer.
 */
export function splitAmount(base: string, decimals: number | null, locale: Locale): AmountParts | null {
  const match = INTEGER.exec(base.trim());
  const digits = match?.[2];
  if (digits === undefined) return null;
  const sign = match?.[1] === '-' && /[1-9]/.test(digits) ? MINUS : '';
  if (decimals === null) return { sign, whole: formatCount(BigInt(digits), locale), fraction: '', faint: '' };
  const padded = digits.padStart(decimals + 1, '0');
  const whole = formatCount(BigInt(padded.slice(0, padded.length - decimals)), locale);
  const decimalDigits = (decimals === 0 ? '' : padded.slice(-decimals)).padEnd(DECIMALS_MIN, '0');
  const counting = decimalDigits.replace(/0+$/, '').padEnd(DECIMALS_MIN, '0');
  return {
    sign,
    whole,
    fraction: separators(locale).decimal + counting,
    faint: decimalDigits.slice(counting.length),
  };
}

/** An amount as it stands in a sentence: zeros beyond two decimals dropped, no unit. */
export function amountText(base: string, decimals: number | null, locale: Locale): string | null {
  const parts = splitAmount(base, decimals, locale);
  if (parts === null) return null;
  return `${parts.sign === '' ? '' : `${parts.sign} `}${parts.whole}${parts.fraction}`;
}
