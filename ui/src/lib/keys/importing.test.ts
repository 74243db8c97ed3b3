import { describe, expect, it } from 'vitest';
import { importSource, NOTHING } from './importing';

const phrase = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

describe('an import', () => {
  it('takes a phrase with its gaps and capitals put right, and the passphrase as it is', () => {
    const typed = {
      ...NOTHING,
      phrase: ` ${phrase.toUpperCase().replaceAll(' ', '\n ')}`,
      passphrase: ' A b ',
      index: '2',
    };
    expect(importSource('phrase', typed)).toEqual({
      source: { kind: 'phrase', phrase, passphrase: ' A b ', index: 2 },
    });
  });

  it.each(['-1', '1.5', '', '2147483648', 'x'])('refuses the account number %j', (index) =>
    expect(importSource('phrase', { ...NOTHING, phrase, index })).toHaveProperty('missing'),
  );

  it('refuses a phrase of another length', () =>
    expect(importSource('phrase', { ...NOTHING, phrase: 'legal winner' })).toHaveProperty('missing'));

  it('takes a private key with or without its prefix', () => {
    const hex = 'aB'.repeat(32);
    for (const text of [hex, `0x${hex}`, ` 0X${hex}\n`])
      expect(importSource('evmKey', { ...NOTHING, hex: text })).toEqual({ source: { kind: 'evmKey', hex } });
    for (const text of ['', hex.slice(1), `${hex}0`, hex.replace('a', 'g')])
      expect(importSource('evmKey', { ...NOTHING, hex: text })).toHaveProperty('missing');
  });

  it('takes files as they are', () => {
    expect(importSource('arweave', { ...NOTHING, json: '{}' })).toEqual({
      source: { kind: 'arweave', json: '{}' },
    });
    expect(importSource('keyFile', { ...NOTHING, json: '{}', password: 'p' })).toEqual({
      source: { kind: 'keyFile', json: '{}', password: 'p' },
    });
    expect(importSource('keyFile', NOTHING)).toHaveProperty('missing');
  });
});
