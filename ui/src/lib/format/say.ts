// The formats in the language of the page, by the page's clock. For components; they follow language and clock.

import { language } from '$lib/i18n/language.svelte';
import { m } from '$lib/paraglide/messages';
import { clock } from '$lib/stores/clock.svelte';
import { amountText } from './amounts';
import { formatCount } from './numbers';
import { formatAbsolute, formatAge, formatClock, formatDuration, formatLatency } from './time';

export const count = (value: number): string => formatCount(value, language.current);
export const age = (ms: number): string => formatAge(ms, clock.now, language.current);
export const since = (ms: number): string => formatDuration(clock.now - ms, language.current);
export const duration = (ms: number): string => formatDuration(ms, language.current);
export const latency = (ms: number): string => formatLatency(ms, language.current);
export const clockTime = (ms: number, seconds = false): string => formatClock(ms, language.current, seconds);
export const absolute = (ms: number): string => formatAbsolute(ms, language.current);

/** An amount with its unit for a sentence; the text itself when it is no integer. */
export function money(base: string, decimals: number | null, symbol: string): string {
  const text = amountText(base, decimals, language.current);
  if (text === null) return base;
  return `${text} ${decimals === null ? m.amount_units_of({ symbol }) : symbol}`.trim();
}

/** Whole sentences one after the other, with the gap of the language; nulls are left out. */
export function sentences(...said: (string | null)[]): string {
  return said.filter((sentence) => sentence !== null).join(m.sentence_gap());
}
