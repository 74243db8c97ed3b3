// What moved a rating since the epoch before: signed parts that add up as they are shown. Pure.

import type { EvenPast } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { addUp } from './numbers';
import { percent } from './say';

export interface Move {
  key: 'exchange' | 'stake' | 'accuracy';
  /** In thousandths of the rating, as shown. */
  thousandths: number;
  /** Where its bar begins and ends in the waterfall, in ratings. */
  from: number;
  to: number;
  text: string;
}
export interface Moves {
  moves: Move[];
  /** All together, in thousandths. */
  sum: number;
  before: number;
  after: number;
}

/** Null for a node's first epoch: there is nothing to compare with. */
export function movesOf(history: readonly EvenPast[]): Moves | null {
  const now = history.at(-1);
  const before = history.at(-2);
  if (now === undefined || before === undefined || now.parts === null) return null;
  const { exchange, stake, accuracy } = now.parts;
  const exact = [exchange, stake, accuracy];
  const { parts, sum } = addUp(exact);
  const texts = [
    said(
      before.exchange,
      now.exchange,
      m.even_move_exchange_rose,
      m.even_move_exchange_fell,
      m.even_move_exchange_same,
    ),
    said(before.stake, now.stake, m.even_move_stake_rose, m.even_move_stake_fell, m.even_move_stake_same),
    said(
      before.accuracy,
      now.accuracy,
      m.even_move_served_rose,
      m.even_move_served_fell,
      m.even_move_served_same,
      0,
    ),
  ];
  let height = before.rating;
  const moves = (['exchange', 'stake', 'accuracy'] as const).map((key, i) => {
    const from = height;
    height += exact[i] ?? 0;
    return { key, thousandths: parts[i] ?? 0, from, to: height, text: texts[i] ?? '' };
  });
  return { moves, sum, before: before.rating, after: now.rating };
}

type Change = (parts: { from: string; to: string }) => string;

function said(
  from: number,
  to: number,
  rose: Change,
  fell: Change,
  same: (parts: { at: string }) => string,
  digits = 3,
): string {
  const [a, b] = [percent(from, digits), percent(to, digits)];
  // What looks equal is said to be equal.
  if (a === b) return same({ at: b });
  return to > from ? rose({ from: a, to: b }) : fell({ from: a, to: b });
}
