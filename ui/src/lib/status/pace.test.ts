import { expect, it } from 'vitest';
import type { Minute } from '$lib/api';
import { heights, laneMark, worstMinute } from './hour';
import { isLate, Pace, usualGap } from './pace';

it('takes the median gap, with a floor', () => {
  expect(usualGap([0, 120_000, 240_000, 360_000, 1_000_000])).toBe(120_000);
  expect(usualGap([0, 1_000, 2_000])).toBe(15_000);
  expect(usualGap([0, 1_000])).toBeNull();
});

it('is late after twice the usual gap, never while that is unknown', () => {
  expect(isLate(30_001, 15_000)).toBe(true);
  expect(isLate(30_000, 15_000)).toBe(false);
  expect(isLate(9e9, null)).toBe(false);
});

it('tells the time left from the pace so far', () => {
  const pace = new Pace();
  expect(pace.note(0, 0, 100)).toBeNull();
  expect(pace.note(10_000, 20, 80)).toBe(40_000);
  expect(pace.note(20_000, 5, 95)).toBeNull();
});

const minute = (change: Partial<Minute>): Minute => ({
  startMs: 0,
  verified: 0,
  sources: 'agree',
  alerts: 0,
  ...change,
});

it('finds what stands out in the hour', () => {
  expect(worstMinute([minute({}), minute({})])).toBeNull();
  expect(worstMinute([minute({ sources: 'late' }), minute({})])).toEqual({ index: 0, kind: 'late' });
  expect(worstMinute([minute({ alerts: 1 }), minute({ sources: 'disagree' })])).toEqual({
    index: 0,
    kind: 'alert',
  });
  expect(laneMark(minute({ sources: 'something new' }))).toBe('notWatching');
  expect(heights([minute({ verified: 5 }), minute({ verified: 10 }), minute({})])).toEqual([0.5, 1, 0]);
});
