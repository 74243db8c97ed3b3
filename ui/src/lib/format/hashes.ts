// Machine strings shortened for the eye and spelt for the ear. The full text is always one step away.

export interface HashParts {
  /** What tells the kind (`0x`, `eid`), shown faintly; may be empty. */
  prefix: string;
  head: string;
  tail: string;
  /** Nothing was left out. */
  whole: boolean;
}

const ENDS = 6;
const PREFIXES = ['0x', 'bc1p', 'bc1q', 'tb1p', 'tb1q', 'bcrt1p', 'bcrt1q', 'even1', 'eid', '12D3'];

/** First six and last six after the prefix. Short texts stay whole. */
export function splitHash(text: string): HashParts {
  const prefix = PREFIXES.find((known) => text.startsWith(known)) ?? '';
  const rest = text.slice(prefix.length);
  if (rest.length <= ENDS * 2 + 1) return { prefix, head: rest, tail: '', whole: true };
  return { prefix, head: rest.slice(0, ENDS), tail: rest.slice(-ENDS), whole: false };
}

/** As in a table of plain text: `0x35fe8b…9a926d`. */
export function shortHash(text: string): string {
  const { prefix, head, tail, whole } = splitHash(text);
  return whole ? text : `${prefix}${head}…${tail}`;
}

/** Letters for a screen reader, in pairs: `D3 18 F4`. */
export function spellHash(part: string): string {
  return part.match(/.{1,2}/g)?.join(' ') ?? '';
}
