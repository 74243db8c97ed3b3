import { describe, expect, it } from 'vitest';
import {
  addUp,
  formatFactor,
  formatMeasure,
  formatPpm,
  formatRating,
  formatShare,
  formatSigned,
  formatUnits,
} from './numbers';

describe('ratings and shares', () => {
  it('show ratings with three decimals', () => {
    expect(formatRating(0.7836, 'en')).toBe('0.784');
    expect(formatRating(1, 'zh-Hans')).toBe('1.000');
  });

  it('round shares down and never by the noise of a float', () => {
    expect(formatShare(0.00772, 'en')).toBe('0.772');
    expect(formatShare(0.0077299, 'en')).toBe('0.772');
    expect(formatShare(0.99999999, 'en')).toBe('99.999');
    expect(formatPpm(219_999, 'en')).toBe('21.99');
  });

  it('give a difference its sign, and none to what rounds to nothing', () => {
    expect(formatSigned(0.2617, 'en')).toBe('+0.262');
    expect(formatSigned(-0.0094, 'en')).toBe('−0.009');
    expect(formatSigned(-0.0001, 'en')).toBe('0.000');
  });

  it('say factors and measures as finely as they are known', () => {
    expect(formatFactor(1.689, 'en')).toBe('1.7');
    expect(formatFactor(41.3, 'en')).toBe('41');
    expect(formatMeasure(0.5, 'en')).toBe('0.500');
    expect(formatMeasure(12.345, 'en')).toBe('12.3');
    expect(formatMeasure(212_345.6, 'en')).toBe('212,346');
  });

  it('group whole numbers beyond what a float holds and leave foreign text', () => {
    expect(formatUnits('90071992547409931', 'en')).toBe('90,071,992,547,409,931');
    expect(formatUnits('n/a', 'en')).toBe('n/a');
  });
});

describe('parts of a change', () => {
  it.each([
    [[0.0324, -0.0094, 0]],
    [[0.0334, 0.0334, 0.0334]],
    [[-0.0004, -0.0004, -0.0004]],
    [[0.0005, -0.0005, 0]],
    [[]],
  ])('%j add up as shown', (exact) => {
    const { parts, sum } = addUp(exact);
    expect(parts.reduce((a, b) => a + b, 0)).toBe(sum);
    expect(sum).toBe(Math.round(exact.reduce((a, b) => a + b, 0) * 1_000));
    parts.forEach((part, i) => expect(Math.abs(part - (exact[i] ?? 0) * 1_000)).toBeLessThanOrEqual(1));
  });
});
