import { describe, expect, it } from 'vitest';
import { INPUTS, readInput, STAKE_MAX, STEPS, stepOf, valueAt } from './tries';

describe('sliders of what if', () => {
  it.each(INPUTS)('leave %s as it is in the middle', (input) => {
    expect(valueAt(STEPS / 2, input, 123.456)).toBe(123.456);
    expect(stepOf(123.456, input, 123.456)).toBe(STEPS / 2);
  });
  it('reach from a hundredth to a hundred times', () => {
    expect(valueAt(0, 'capacity', 50)).toBe(0.5);
    expect(valueAt(STEPS, 'capacity', 50)).toBe(5_000);
  });
  it('come back to where a value was', () => {
    for (const step of [1, 77, 200, 311, 399])
      expect(stepOf(valueAt(step, 'stake', 4e11), 'stake', 4e11)).toBe(step);
  });
  it('work for a node that has nothing', () => {
    expect(valueAt(STEPS / 2, 'stake', 0)).toBeGreaterThan(0);
    expect(stepOf(0, 'stake', 0)).toBe(0);
  });
  it('never offer more stake than there is', () => expect(valueAt(STEPS, 'stake', 9e14)).toBe(STAKE_MAX));
  it('keep activity whole', () => expect(Number.isInteger(valueAt(123, 'activity', 7))).toBe(true));
});

describe('typed values', () => {
  it.each([
    ['capacity', '1,234.5', 1_234.5],
    ['stake', '1000000000000000', STAKE_MAX],
    ['activity', '0', 0],
  ] as const)('%s takes %s', (input, text, value) => expect(readInput(input, text)).toBe(value));
  it.each([
    ['activity', '1.5'],
    ['stake', '1000000000000001'],
    ['speed', '-1'],
    ['speed', '1e3'],
    ['capacity', ''],
  ] as const)('%s refuses %s', (input, text) => expect(readInput(input, text)).toBeNull());
});
