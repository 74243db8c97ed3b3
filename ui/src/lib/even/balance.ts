// The two charts over the signed balance d: the bell with the other nodes as ticks, and below the shares that meet at the node's own
// line. Pure: places and paths for a width.

import { ticks } from 'd3-array';
import { line } from 'd3-shape';
import type { EvenCurve, EvenNodeRow } from '$lib/api';
import { clamp, decades, decadesAround, linear, logarithmic } from '$lib/chart/scale';

/** Sizes in pixels. */
export const BALANCE = { left: 44, right: 12, top: 10, bell: 132, gap: 22, shares: 108, axis: 22 } as const;
export const BALANCE_HEIGHT = BALANCE.top + BALANCE.bell + BALANCE.gap + BALANCE.shares + BALANCE.axis;
const DECADES = 5;
/** What the names of both curves need beside each other. */
const NAMES_ROOM = 170;

export interface Point {
  x: number;
  y: number;
}
export interface Mark {
  x: number;
  bell: number;
  exchange: number | null;
  stake: number | null;
  /** The node's d lies beyond the chart; the mark stands at its edge. */
  beyond: boolean;
}
export interface BalanceDrawing {
  bell: string;
  exchange: string;
  stake: string;
  /** The other nodes, one path. */
  others: string;
  x: { at: number; value: number }[];
  y: { at: number; value: number }[];
  share: { at: number; value: number }[];
  zero: number;
  /** Where the names of the curves stand: on the free side of an end. */
  names: { exchange: Point | null; stake: Point | null; stakeAtStart: boolean };
  place(row: Pick<EvenNodeRow, 'd' | 'rating' | 'exchange' | 'stake'>): Mark | null;
}

export function drawBalance(curve: EvenCurve, width: number): BalanceDrawing {
  const domain: [number, number] = [curve.d[0] ?? -1, curve.d.at(-1) ?? 1];
  const x = linear(domain, [BALANCE.left, Math.max(BALANCE.left + 1, width - BALANCE.right)]);
  const base = BALANCE.top + BALANCE.bell;
  const bell = linear([0, 1], [base, BALANCE.top]);
  const low = base + BALANCE.gap;
  const known = [...curve.exchange, ...curve.stake].filter((value) => value !== null);
  const shares = logarithmic(decadesAround(known, DECADES), [low + BALANCE.shares, low]);
  const drawable = (value: number | null | undefined): value is number =>
    value !== null && value !== undefined && value >= shares.domain[0] && value <= shares.domain[1];
  const along = (values: readonly (number | null)[]) =>
    line<number | null>()
      .defined(drawable)
      .x((_, i) => x(curve.d[i] ?? 0))
      .y((value) => shares(value ?? 1))([...values]) ?? '';
  const end = (values: readonly (number | null)[], i: number): Point | null => {
    const value = values[i];
    return drawable(value) ? { x: x(curve.d[i] ?? 0), y: shares(value) } : null;
  };
  const exchange = end(curve.exchange, curve.exchange.findIndex(drawable));
  const stakeEnd = end(curve.stake, curve.stake.findLastIndex(drawable));
  // The two free ends of a large node's curves lie close together; then the other end serves.
  const stakeAtStart = exchange !== null && stakeEnd !== null && stakeEnd.x - exchange.x < NAMES_ROOM;
  return {
    names: {
      exchange,
      stake: stakeAtStart ? end(curve.stake, curve.stake.findIndex(drawable)) : stakeEnd,
      stakeAtStart,
    },
    bell:
      line<number>()
        .x((_, i) => x(curve.d[i] ?? 0))
        .y((value) => bell(value))(curve.bell) ?? '',
    exchange: along(curve.exchange),
    stake: along(curve.stake),
    others: curve.others
      .filter((d) => d >= domain[0] && d <= domain[1])
      .map((d) => `M${x(d).toFixed(1)} ${base - 6}v6`)
      .join(''),
    x: ticks(...domain, Math.max(2, Math.floor(width / 90))).map((value) => ({ at: x(value), value })),
    y: [0, 0.5, 1].map((value) => ({ at: bell(value), value })),
    share: decades(shares.domain).map((value) => ({ at: shares(value), value })),
    zero: x(clamp(0, domain)),
    place(row) {
      if (row.d === null) return null;
      const inside = (share: number) => (share > 0 ? shares(clamp(share, shares.domain)) : null);
      return {
        x: x(clamp(row.d, domain)),
        bell: bell(row.rating),
        exchange: inside(row.exchange),
        stake: inside(row.stake),
        beyond: row.d < domain[0] || row.d > domain[1],
      };
    },
  };
}

/** The curves as rows of a table, not more than `most` of them. */
export function curveRows(curve: EvenCurve, most: number): number[] {
  const step = Math.max(1, Math.ceil(curve.d.length / most));
  return curve.d.flatMap((_, i) => (i % step === 0 ? [i] : []));
}
