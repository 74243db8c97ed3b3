// The graph of messages as a drawing: a lane per issuer, time from left to right, and what a message builds on. Pure.

import type { EvenMessage } from '$lib/api';
import { linear } from '$lib/chart/scale';

export interface Spot {
  message: EvenMessage;
  x: number;
  y: number;
}
export interface Lane {
  issuer: string;
  label: string;
  y: number;
}
export interface Edge {
  child: Spot;
  parent: Spot;
}
export interface Drawing {
  spots: Spot[];
  lanes: Lane[];
  edges: Edge[];
  height: number;
}
interface Frame {
  width: number;
  left: number;
  right: number;
  lane: number;
}

/** Places every message. Lanes are in the order of names, so that they stay while the window moves on. */
export function draw(messages: readonly EvenMessage[], frame: Frame): Drawing {
  const names = new Map(messages.map(({ issuer, label }) => [issuer, label]));
  const lanes = [...names]
    .sort(([a, nameA], [b, nameB]) => order(nameA, nameB) || order(a, b))
    .map(([issuer, label], i) => ({ issuer, label, y: (i + 0.5) * frame.lane }));
  const laneOf = new Map(lanes.map((lane) => [lane.issuer, lane.y]));
  const times = messages.map(({ timeMs }) => timeMs);
  const x = linear(
    [least(times), greatest(times)],
    [frame.left, Math.max(frame.left, frame.width - frame.right)],
  );
  const spots = messages.map((message) => ({
    message,
    x: x(message.timeMs),
    y: laneOf.get(message.issuer) ?? 0,
  }));
  const spotOf = new Map(spots.map((spot) => [spot.message.id, spot]));
  const edges = spots.flatMap((child) =>
    child.message.parents.flatMap((id) => {
      const parent = spotOf.get(id);
      return parent === undefined ? [] : [{ child, parent }];
    }),
  );
  return { spots, lanes, edges, height: lanes.length * frame.lane };
}

const order = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });
const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
const greatest = (values: number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** Everything that a message builds on, itself included, as far as the window reaches. */
export function pastOf(messages: readonly EvenMessage[], id: string): Set<string> {
  const known = new Map(messages.map((message) => [message.id, message]));
  const past = new Set<string>();
  const todo = known.has(id) ? [id] : [];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (past.has(next)) continue;
    past.add(next);
    todo.push(...(known.get(next)?.parents ?? []).filter((parent) => known.has(parent) && !past.has(parent)));
  }
  return past;
}

/** The message nearest to a point, if one is within reach. */
export function nearest(spots: readonly Spot[], x: number, y: number, reach: number): EvenMessage | null {
  let best: Spot | null = null;
  let distance = reach;
  for (const spot of spots) {
    const away = Math.hypot(spot.x - x, spot.y - y);
    if (away <= distance) [best, distance] = [spot, away];
  }
  return best?.message ?? null;
}
