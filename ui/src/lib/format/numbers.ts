// Counts, sizes and latencies by locale.

import type { Locale } from '$lib/paraglide/runtime';

const formats = new Map<string, Intl.NumberFormat>();

/** `en` is written the British way. */
export function tagOf(locale: Locale): string {
  return locale === 'en' ? 'en-GB' : locale;
}

function grouped(locale: Locale): Intl.NumberFormat {
  let format = formats.get(locale);
  if (!format) formats.set(locale, (format = new Intl.NumberFormat(tagOf(locale), { useGrouping: true })));
  return format;
}

/** A whole number with grouping: `18,442`. */
export function formatCount(value: number | bigint, locale: Locale): string {
  return grouped(locale).format(value);
}

/** The signs that a locale puts between groups and before decimals. */
export function separators(locale: Locale): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(tagOf(locale), { useGrouping: true }).formatToParts(1_234_567.5);
  const find = (type: string, other: string) => parts.find((part) => part.type === type)?.value ?? other;
  return { group: find('group', ','), decimal: find('decimal', '.') };
}
