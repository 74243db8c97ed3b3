// Checking that a phrase was written down: some of its words, at places nobody knows before. Pure but for the dice.

import type { WordCheck } from '$lib/api';

export const CHECKS = 3;

/** A whole number from 0 to below `end`. */
export type Dice = (end: number) => number;

/** Fair: what would favour small numbers is thrown again. */
export const dice: Dice = (end) => {
  const range = 2 ** 32;
  const limit = range - (range % end);
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number < limit ? number % end : dice(end);
};

/** So many different places from 1 to `words`, in their order. */
export function askedPlaces(words: number, checks = CHECKS, roll: Dice = dice): number[] {
  const places = Array.from({ length: words }, (_, i) => i + 1);
  const drawn = Array.from({ length: Math.min(checks, words) }, () => places.splice(roll(places.length), 1));
  return drawn.flat().sort((a, b) => a - b);
}

/** What was typed, as the core compares it: lower case without white space around it. */
export function wordChecks(places: readonly number[], typed: readonly string[]): WordCheck[] {
  return places.map((place, i) => ({ place, word: (typed[i] ?? '').trim().toLowerCase() }));
}

/** A phrase as typed or pasted: single gaps, lower case. */
export function plainPhrase(text: string): string {
  return text.trim().toLowerCase().split(/\s+/).join(' ');
}
