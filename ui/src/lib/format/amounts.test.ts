import { describe, expect, it } from 'vitest';
import { amountText, splitAmount } from './amounts';

const whole = (base: string, decimals: number | null, locale: 'en' | 'zh-Hans' = 'en') => {
  const parts = splitAmount(base, decimals, locale);
  return parts && `${parts.sign}|${parts.whole}|${parts.fraction}|${parts.faint}`;
};

describe('splitAmount', () => {
  it.each([
    ['0', 6, '|0|.00|0000'],
    ['1', 6, '|0|.000001|'],
    ['40000000000', 6, '|40,000|.00|0000'],
    ['31500000', 8, '|0|.315|00000'],
    ['18440200000000000000', 18, '|18|.4402|00000000000000'],
    ['-1500000', 6, '\u2212|1|.50|0000'],
    ['-0', 6, '|0|.00|0000'],
    ['007', 2, '|0|.07|'],
    ['5', 0, '|5|.00|'],
    ['12', 1, '|1|.20|'],
  ])('%s with %s decimals', (base, decimals, expected) => {
    expect(whole(base, decimals)).toBe(expected);
  });

  it('keeps every digit of 256 bits', () => {
    const max = (2n ** 256n - 1n).toString();
    const parts = splitAmount(max, 18, 'en');
    expect((parts?.whole ?? '').replaceAll(',', '') + parts?.fraction.slice(1) + parts?.faint).toBe(max);
  });

  it('shows the integer itself while decimals are unknown', () => {
    expect(whole('1234567', null)).toBe('|1,234,567||');
  });

  it('refuses what is no integer', () => {
    for (const text of ['', '1.5', '1e9', '0x10', 'abc', '١٢']) expect(splitAmount(text, 6, 'en')).toBeNull();
  });

  it('groups alike in both languages', () => {
    expect(whole('1234567890000', 6, 'zh-Hans')).toBe('|1,234,567|.89|0000');
  });
});

describe('amountText', () => {
  it('drops zeros beyond two decimals and nothing else', () => {
    expect(amountText('38795450000', 6, 'en')).toBe('38,795.45');
    expect(amountText('38795000000', 6, 'en')).toBe('38,795.00');
    expect(amountText('1000001', 6, 'en')).toBe('1.000001');
    expect(amountText('-3200000', 6, 'en')).toBe('\u2212 3.20');
    expect(amountText('x', 6, 'en')).toBeNull();
  });
});
