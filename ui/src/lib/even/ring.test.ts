import { describe, expect, it } from 'vitest';
import { capArc, onRing, ringArcs } from './ring';

const leader = (node: string, weightPpm: number) => ({ node, label: node, weightPpm });

describe('the ring of leaders', () => {
  it('has an arc per leader and one for everybody else', () => {
    expect(ringArcs([leader('a', 60_000), leader('b', 40_000)]).map(({ key }) => key)).toEqual([
      'a',
      'b',
      'rest',
    ]);
  });
  it('is all others without leaders, and no others when leaders hold everything', () => {
    expect(ringArcs([]).map(({ key }) => key)).toEqual(['rest']);
    expect(ringArcs([leader('a', 1_000_000)]).map(({ key }) => key)).toEqual(['a']);
  });
  it('never goes round twice', () => {
    expect(ringArcs([leader('a', 700_000), leader('b', 700_000)])).toHaveLength(2);
    expect(capArc(1.7)).toBe(capArc(1));
  });
  it('starts at the top and goes clockwise', () => {
    expect(onRing(0, 10)[1]).toBeCloseTo(-10);
    expect(onRing(0.25, 10)[0]).toBeCloseTo(10);
  });
});
