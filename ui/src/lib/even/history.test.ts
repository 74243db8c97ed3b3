import { describe, expect, it } from 'vitest';
import type { EvenAhead, EvenPast } from '$lib/api';
import { drawHistory, HISTORY } from './history';

const past = (timeMs: number, rating: number): EvenPast => ({
  epoch: timeMs / 10,
  timeMs,
  rating,
  exchange: 0.01,
  stake: 0.01,
  accuracy: 1,
  weightPpm: 1,
  parts: null,
});
const ahead = (timeMs: number, value: number, status = 'ok'): EvenAhead => ({
  timeMs,
  forecast: { status, model: 'last', value, low: value - 0.1, high: value + 0.1 },
});

describe('the history of a rating', () => {
  it('goes on where the past ends, and leaves room for what is expected', () => {
    const drawn = drawHistory([past(10, 0.5), past(20, 0.7)], [ahead(25, 0.72), ahead(30, 0.75)], 300);
    expect(drawn.last?.x).toBeLessThan(drawn.end?.x ?? 0);
    expect(drawn.end?.x).toBe(300 - HISTORY.right);
    expect(drawn.ahead.startsWith(`M${drawn.last?.x}`)).toBe(true);
    expect(drawn.band).not.toBe('');
  });
  it('expects nothing where the forecast holds back', () => {
    const drawn = drawHistory([past(10, 0.5), past(20, 0.7)], [ahead(30, 0.75, 'hold')], 300);
    expect([drawn.ahead, drawn.band, drawn.end]).toEqual(['', '', null]);
    expect(drawn.last?.x).toBe(300 - HISTORY.right);
  });
  it('is drawable without any past', () => {
    const drawn = drawHistory([], [ahead(30, 0.75)], 300);
    expect([drawn.past, drawn.ahead, drawn.last]).toEqual(['', '', null]);
  });
});
