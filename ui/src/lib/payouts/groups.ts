// Payouts by where they are listed. Pure.

import type { PayoutGroup, PayoutRow } from '$lib/api';
import { m } from '$lib/paraglide/messages';

/** In the order of concern; the counts of the core stand in the same order. */
export const GROUPS: readonly PayoutGroup[] = ['waiting', 'onTheWay', 'done', 'notPaid'];

export interface Grouped {
  group: PayoutGroup;
  rows: PayoutRow[];
  /** How many there are, also of those that are not loaded or filtered out. */
  all: number;
}

/** The groups that have rows, each in the order of the core. */
export function grouped(rows: PayoutRow[], counts: readonly number[]): Grouped[] {
  return GROUPS.map((group, i) => ({
    group,
    rows: rows.filter((row) => row.group === group),
    all: counts[i] ?? 0,
  })).filter((part) => part.rows.length > 0);
}

export function groupTitle(group: PayoutGroup): string {
  switch (group) {
    case 'waiting':
      return m.payout_group_waiting();
    case 'onTheWay':
      return m.payout_group_on_the_way();
    case 'done':
      return m.payout_group_done();
    case 'notPaid':
      return m.payout_group_not_paid();
  }
}

/** The payout that stands open when nobody chose one: the first that waits, else the first. */
export function firstShown(rows: PayoutRow[]): string | null {
  return (rows.find((row) => row.group === 'waiting') ?? rows[0])?.everHash ?? null;
}

/** How many must sign after this watchman has; null while not known. */
export function leftAfterMine(signed: number, needed: number | null): number | null {
  return needed === null ? null : Math.max(0, needed - signed - 1);
}
