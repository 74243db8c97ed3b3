// EVEN's numbers in the language of the page. For components; they follow the language.

import { language } from '$lib/i18n/language.svelte';
import { m } from '$lib/paraglide/messages';
import {
  formatFactor,
  formatMeasure,
  formatPpm,
  formatRating,
  formatShare,
  formatSigned,
  formatUnits,
} from './numbers';

export const rating = (value: number): string => formatRating(value, language.current);
export const signed = (value: number): string => formatSigned(value, language.current);
export const factor = (value: number): string => formatFactor(value, language.current);
export const measure = (value: number): string => formatMeasure(value, language.current);
export const units = (text: string): string => formatUnits(text, language.current);
/** A share without the sign of per cent, for columns that carry it in their head. */
export const share = (value: number): string => formatShare(value, language.current);
export const weight = (ppm: number): string => formatPpm(ppm, language.current);
export const percent = (value: number, digits = 3): string =>
  m.even_percent({ n: formatShare(value, language.current, digits) });
export const percentOf = (ppm: number, digits = 2): string =>
  m.even_percent({ n: formatPpm(ppm, language.current, digits) });
