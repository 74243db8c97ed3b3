// A node's ratings over time with the forecast behind them. Pure: places and paths for a width.

import { area, line } from 'd3-shape';
import type { EvenAhead, EvenPast } from '$lib/api';
import { linear } from '$lib/chart/scale';

/** Sizes in pixels. */
export const HISTORY = { left: 32, right: 44, top: 8, plot: 96, axis: 20 } as const;
export const HISTORY_HEIGHT = HISTORY.top + HISTORY.plot + HISTORY.axis;

export interface HistoryDrawing {
  past: string;
  /** From the last rating on: expected, therefore dashed. */
  ahead: string;
  band: string;
  y: { at: number; value: number }[];
  first: number;
  last: { x: number; y: number } | null;
  end: { x: number; y: number; value: number } | null;
}

interface Point {
  timeMs: number;
  value: number;
  low: number;
  high: number;
}

export function drawHistory(
  past: readonly EvenPast[],
  ahead: readonly EvenAhead[],
  width: number,
): HistoryDrawing {
  const told = past.map(({ timeMs, rating }) => ({ timeMs, value: rating, low: rating, high: rating }));
  const now = told.at(-1);
  const usable = ahead.filter(
    ({ timeMs, forecast }) => forecast.status === 'ok' && timeMs > (now?.timeMs ?? 0),
  );
  const expected = usable.map(({ timeMs, forecast: { value, low, high } }) => ({ timeMs, value, low, high }));
  const shown = [...told, ...expected];
  const from = shown[0]?.timeMs ?? 0;
  const to = shown.at(-1)?.timeMs ?? 0;
  const x = linear([from, to], [HISTORY.left, Math.max(HISTORY.left + 1, width - HISTORY.right)]);
  const y = linear([0, 1], [HISTORY.top + HISTORY.plot, HISTORY.top]);
  const along = line<Point>()
    .x(({ timeMs }) => x(timeMs))
    .y(({ value }) => y(value));
  const future = now === undefined || expected.length === 0 ? [] : [now, ...expected];
  const final = future.at(-1);
  return {
    past: along(told) ?? '',
    ahead: along(future) ?? '',
    band:
      area<Point>()
        .x(({ timeMs }) => x(timeMs))
        .y0(({ low }) => y(low))
        .y1(({ high }) => y(high))(future) ?? '',
    y: [0, 0.5, 1].map((value) => ({ at: y(value), value })),
    first: x(from),
    last: now === undefined ? null : { x: x(now.timeMs), y: y(now.value) },
    end: final === undefined ? null : { x: x(final.timeMs), y: y(final.value), value: final.value },
  };
}
