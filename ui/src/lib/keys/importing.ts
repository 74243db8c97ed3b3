// What an import needs, by form of the key. Pure.

import type { ImportSource } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { plainPhrase } from './phrase';

export type ImportKind = ImportSource['kind'];

/** What was typed and chosen; emptied after use. */
export interface Typed {
  phrase: string;
  passphrase: string;
  index: string;
  hex: string;
  json: string;
  password: string;
}

export const NOTHING: Typed = { phrase: '', passphrase: '', index: '0', hex: '', json: '', password: '' };

const INDEX_MAX = 2 ** 31 - 1;

/** The key in its form, or why it cannot be taken as it is. */
export function importSource(kind: ImportKind, typed: Typed): { source: ImportSource } | { missing: string } {
  switch (kind) {
    case 'phrase':
      return phrase(typed);
    case 'evmKey': {
      const hex = typed.hex.trim().replace(/^0x/i, '');
      return /^[0-9a-f]{64}$/i.test(hex)
        ? { source: { kind, hex } }
        : { missing: m.keystore_import_missing_hex() };
    }
    case 'keyFile':
      if (typed.json === '') return { missing: m.keystore_import_missing_file() };
      return { source: { kind, json: typed.json, password: typed.password } };
    case 'arweave':
      if (typed.json === '') return { missing: m.keystore_import_missing_file() };
      return { source: { kind, json: typed.json } };
  }
}

function phrase(typed: Typed): { source: ImportSource } | { missing: string } {
  const words = plainPhrase(typed.phrase);
  const index = /^\d{1,10}$/.test(typed.index.trim()) ? Number(typed.index) : NaN;
  if (![12, 15, 18, 21, 24].includes(words.split(' ').length))
    return { missing: m.keystore_import_missing_words() };
  if (!(index <= INDEX_MAX)) return { missing: m.keystore_import_missing_index() };
  return { source: { kind: 'phrase', phrase: words, passphrase: typed.passphrase, index } };
}
