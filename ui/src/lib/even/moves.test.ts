import { describe, expect, it } from 'vitest';
import type { EvenPast } from '$lib/api';
import { movesOf } from './moves';

const past = (rating: number, change: Partial<EvenPast> = {}): EvenPast => ({
  epoch: 1,
  timeMs: 1,
  rating,
  exchange: 0.00733,
  stake: 0.01238,
  accuracy: 1,
  weightPpm: 1,
  parts: null,
  ...change,
});
const now = past(0.784, {
  exchange: 0.00772,
  stake: 0.01256,
  parts: { exchange: 0.0324, stake: -0.0094, accuracy: 0 },
});

describe('what moved a rating', () => {
  it('adds up to the change as shown', () => {
    const moves = movesOf([past(0.761), now]);
    expect(moves?.moves.map(({ thousandths }) => thousandths)).toEqual([32, -9, 0]);
    expect(moves?.sum).toBe(23);
  });
  it('is a waterfall from the rating before to the one now', () => {
    const moves = movesOf([past(0.761), now])?.moves ?? [];
    expect(moves[0]?.from).toBe(0.761);
    expect(moves[1]?.from).toBe(moves[0]?.to);
    expect(moves[2]?.to).toBeCloseTo(0.784);
  });
  it('says what rose, fell and stayed', () => {
    const [exchange, , served] = movesOf([past(0.761), now])?.moves ?? [];
    expect(exchange?.text).toMatch(/0\.733\s%.*0\.772\s%/);
    expect(served?.text).toMatch(/100\s%/);
  });
  it('has nothing to say about a first epoch', () => {
    expect(movesOf([now])).toBeNull();
    expect(movesOf([past(0.761), past(0.784)])).toBeNull();
  });
});
