import { describe, expect, it } from 'vitest';
import type { EvenMessage } from '$lib/api';
import { draw, nearest, pastOf } from './graph';

const message = (id: string, issuer: string, timeMs: number, parents: string[]): EvenMessage => ({
  id,
  issuer,
  label: `node ${issuer}`,
  timeMs,
  parents,
  status: 'final',
  kind: 'data',
  amount: null,
  votesPpm: 0,
  rivals: [],
  finalityMs: null,
});
//  a ← b ← d,  a ← c;  d also stands on something before the window.
const window = [
  message('a', '10', 1_000, ['before']),
  message('b', '2', 2_000, ['a']),
  message('c', '10', 3_000, ['a']),
  message('d', '2', 5_000, ['b', 'before']),
];
const FRAME = { width: 500, left: 100, right: 0, lane: 20 };

describe('the drawing of the graph', () => {
  it('has a lane per issuer in the order of names as people count', () => {
    expect(draw(window, FRAME).lanes.map(({ label, y }) => [label, y])).toEqual([
      ['node 2', 10],
      ['node 10', 30],
    ]);
  });
  it('puts earlier messages further left', () => {
    expect(draw(window, FRAME).spots.map(({ x }) => x)).toEqual([100, 200, 300, 500]);
  });
  it('draws only edges whose both ends are there', () => {
    expect(
      draw(window, FRAME).edges.map(({ child, parent }) => child.message.id + parent.message.id),
    ).toEqual(['ba', 'ca', 'db']);
  });
  it('is empty without messages', () => {
    expect(draw([], FRAME)).toEqual({ spots: [], lanes: [], edges: [], height: 0 });
  });
});

describe('the past of a message', () => {
  it('holds all that it builds on and nothing else', () => {
    expect([...pastOf(window, 'd')].sort()).toEqual(['a', 'b', 'd']);
  });
  it('is empty for a message that is not there', () => expect(pastOf(window, 'x').size).toBe(0));
  it('ends even when the data runs in a circle', () => {
    const circle = [message('a', '1', 1, ['b']), message('b', '1', 2, ['a'])];
    expect(pastOf(circle, 'a').size).toBe(2);
  });
});

describe('the message under the pointer', () => {
  const { spots } = draw(window, FRAME);
  it('is the nearest one', () => expect(nearest(spots, 203, 12, 12)?.id).toBe('b'));
  it('is none when all are far', () => expect(nearest(spots, 400, 30, 12)).toBeNull());
});
