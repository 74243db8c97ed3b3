import { describe, expect, it } from 'vitest';
import type { EvenCurve } from '$lib/api';
import { BALANCE, BALANCE_HEIGHT, curveRows, drawBalance } from './balance';

const curve: EvenCurve = {
  d: [-1, -0.5, 0, 0.5, 1],
  bell: [0.2, 0.5, 1, 0.5, 0.2],
  exchange: [null, 0.02, 0.01, 0.004, 0.001],
  stake: [0.001, 0.004, 0.01, 0.03, 0.09],
  others: [-5, -0.3, 0.1, 5],
};
const drawing = drawBalance(curve, 400);

describe('the stacked charts', () => {
  it('share one axis: the mark of the bell and both shares stand on one line', () => {
    const mark = drawing.place({ d: 0.5, rating: 0.5, exchange: 0.004, stake: 0.03 });
    const right = 400 - BALANCE.right;
    expect(mark?.x).toBeCloseTo(BALANCE.left + 0.75 * (right - BALANCE.left));
    expect(mark?.bell).toBeLessThan(mark?.stake ?? 0);
    expect(mark?.stake).toBeLessThan(mark?.exchange ?? 0);
    expect(mark?.exchange).toBeLessThanOrEqual(BALANCE_HEIGHT - BALANCE.axis);
  });
  it('name each curve at the end that stays clear of the other', () => {
    expect(drawing.names.exchange?.x).toBeCloseTo(drawing.x[1]?.at ?? 0);
    expect(drawing.names.stake?.x).toBe(400 - BALANCE.right);
  });
  it('name the stake at its other end where both would stand at one place', () => {
    const large = { ...curve, exchange: [null, null, null, 0.5, 0.1], stake: [0.01, 0.05, 0.3, 0.9, null] };
    const { names } = drawBalance(large, 400);
    expect(names.stakeAtStart).toBe(true);
    expect(names.stake?.x).toBe(BALANCE.left);
  });
  it('keep a node far from balance at the edge and say so', () => {
    const mark = drawing.place({ d: 3, rating: 0.03, exchange: 1e-9, stake: 0.3 });
    expect(mark?.beyond).toBe(true);
    expect(mark?.x).toBe(400 - BALANCE.right);
  });
  it('have no mark for a node without a balance', () => {
    expect(drawing.place({ d: null, rating: 0, exchange: 0, stake: 0.1 })).toBeNull();
  });
  it('draw only the others that lie on the axis', () => {
    expect(drawing.others.match(/M/g)).toHaveLength(2);
  });
  it('leave out what no share can reach', () => expect(drawing.exchange.startsWith('M')).toBe(true));
  it('never write what is no number', () => {
    const empty = drawBalance({ d: [], bell: [], exchange: [], stake: [], others: [] }, 0);
    const paths = [drawing, empty].flatMap((drawn) => [
      drawn.bell,
      drawn.exchange,
      drawn.stake,
      drawn.others,
    ]);
    expect(paths.join(' ')).not.toMatch(/NaN|Infinity/);
  });
  it('fit into a table of some rows', () => {
    expect(curveRows(curve, 3)).toEqual([0, 2, 4]);
    expect(curveRows(curve, 100)).toHaveLength(5);
  });
});
