import { describe, expect, it } from 'vitest';
import { parseAmount, plainAmount } from './parse';

describe('a typed amount', () => {
  it.each([
    ['1', 6, '1000000'],
    ['1,234.5', 6, '1234500000'],
    ['1 234.5', 6, '1234500000'],
    ['1,234,567', 0, '1234567'],
    [' 12 ', 0, '12'],
    ['.5', 1, '5'],
    ['5.', 0, '5'],
    ['0.000001', 6, '1'],
    ['0.10', 1, '1'],
    ['000', 18, '0'],
    ['12', null, '12'],
  ])('%s with %s decimals', (text, decimals, base) => {
    expect(parseAmount(text, decimals, 'en')).toEqual({ base });
  });

  it.each([
    ['', 6, 'empty'],
    ['  ', 6, 'empty'],
    ['0.0000001', 6, 'precision'],
    ['1.5', null, 'precision'],
    ['1.5', 0, 'precision'],
    ['-1', 6, 'format'],
    ['1e3', 6, 'format'],
    ['1.2.3', 6, 'format'],
    ['1,5', 6, 'format'],
    ['1,2345', 6, 'format'],
    ['1,234,5', 6, 'format'],
    ['1.234,5', 6, 'format'],
    ['1234,567', 6, 'format'],
    ['.', 6, 'format'],
    ['0x10', 6, 'format'],
  ])('%s with %s decimals is refused', (text, decimals, fault) => {
    expect(parseAmount(text, decimals, 'en')).toEqual({ fault });
  });

  it('reads what it wrote', () => {
    for (const base of [
      '0',
      '1',
      '10',
      '1000000',
      '1234567',
      '115792089237316195423570985008687907853269984665640564039457',
    ])
      for (const decimals of [0, 6, 18, null])
        expect(parseAmount(plainAmount(base, decimals, 'en'), decimals, 'en')).toEqual({ base });
  });
});
