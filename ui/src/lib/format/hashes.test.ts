import { expect, it } from 'vitest';
import { shortHash, spellHash, splitHash } from './hashes';

it('keeps the prefix apart and six at each end', () => {
  expect(splitHash('0xD318F4d27Ced1C2c51Af17F532Aee6D6EbBD3F64')).toEqual({
    prefix: '0x',
    head: 'D318F4',
    tail: 'BD3F64',
    whole: false,
  });
  expect(shortHash('MuZIlN0000000000000000000000000000000003uHiMO')).toBe('MuZIlN…3uHiMO');
});

it('leaves short texts whole', () => {
  expect(splitHash('0x1234')).toEqual({ prefix: '0x', head: '1234', tail: '', whole: true });
  expect(shortHash('v1')).toBe('v1');
});

it('spells in pairs', () => {
  expect(spellHash('D318F4')).toBe('D3 18 F4');
  expect(spellHash('')).toBe('');
});
