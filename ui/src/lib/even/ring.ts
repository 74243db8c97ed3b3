// The ring of leaders: an arc per leader by its weight, the rest of the weight, and the marks that nobody may pass. Pure.

import { arc } from 'd3-shape';
import type { EvenLeader } from '$lib/api';

export const RING = { size: 196, inner: 64, outer: 84, marks: 92 } as const;
const PPM = 1_000_000;
const TURN = 2 * Math.PI;
/** Between two arcs. */
const GAP = 0.012;

export interface Arc {
  key: string;
  leader: EvenLeader | null;
  path: string;
}

/** Arcs clockwise from the top, the heaviest leader first; the last one is everybody else. */
export function ringArcs(leaders: readonly EvenLeader[]): Arc[] {
  const shape = arc<{ from: number; to: number }>()
    .innerRadius(RING.inner)
    .outerRadius(RING.outer)
    .startAngle(({ from }) => from * TURN)
    .endAngle(({ to }) => to * TURN)
    .padAngle(GAP);
  const arcs: Arc[] = [];
  let at = 0;
  for (const leader of leaders) {
    const to = Math.min(1, at + leader.weightPpm / PPM);
    arcs.push({ key: leader.node, leader, path: shape({ from: at, to }) ?? '' });
    at = to;
  }
  if (at < 1) arcs.push({ key: 'rest', leader: null, path: shape({ from: at, to: 1 }) ?? '' });
  return arcs;
}

/** A thin arc outside the ring, from the top as far as a cap reaches. */
export function capArc(share: number): string {
  const reach = Math.min(1, Math.max(0, share)) * TURN;
  return (
    arc<null>()
      .innerRadius(RING.marks)
      .outerRadius(RING.marks + 1.5)
      .startAngle(0)
      .endAngle(reach)(null) ?? ''
  );
}

/** The point at a share of the ring, at a distance from its middle. */
export function onRing(share: number, radius: number): [number, number] {
  const angle = share * TURN;
  return [Math.sin(angle) * radius, -Math.cos(angle) * radius];
}
