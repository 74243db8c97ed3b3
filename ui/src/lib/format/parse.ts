// Amounts as people type them, to base units. Digits are moved, never computed with floats. Pure.

import type { Locale } from '$lib/paraglide/runtime';
import { separators } from './numbers';

export type ParsedAmount =
  | { base: string }
  /** Nothing typed; no number; more decimals than the token has. */
  | { fault: 'empty' | 'format' | 'precision' };

/** Spaces that people and programs put between groups. */
const SPACES = /[\s\u00a0\u202f']/g;
const NUMBER = /^(\d*)(?:\.(\d*))?$/;
const GROUPED = /^\d{1,3}(?: \d{3})+$/;

/**
 * Reads `1,234.5` or `1 234.5` by locale. `decimals` null: the integer itself is base units. Groups that are not of three
 * digits are no number: in `1,5` the comma may be meant as the decimal sign.
 */
export function parseAmount(text: string, decimals: number | null, locale: Locale): ParsedAmount {
  const { group, decimal } = separators(locale);
  const [head = '', ...rest] = text.trim().replaceAll(group, ' ').replace(SPACES, ' ').split(decimal);
  const whole = GROUPED.test(head) ? head.replaceAll(' ', '') : head;
  const plain = [whole, ...rest].join('.');
  if (plain === '') return { fault: 'empty' };
  const match = NUMBER.exec(plain);
  if (!match || plain === '.') return { fault: 'format' };
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > (decimals ?? 0)) return { fault: 'precision' };
  const digits = (match[1] ?? '') + fraction.padEnd(decimals ?? 0, '0');
  return { base: digits.replace(/^0+(?=\d)/, '') || '0' };
}

/** Base units as they stand in a field: no grouping, no zeros at the end, the locale's decimal sign. */
export function plainAmount(base: string, decimals: number | null, locale: Locale): string {
  const digits = base.padStart((decimals ?? 0) + 1, '0');
  const whole = digits.slice(0, digits.length - (decimals ?? 0));
  const fraction = digits.slice(whole.length).replace(/0+$/, '');
  return fraction === '' ? whole : whole + separators(locale).decimal + fraction;
}
