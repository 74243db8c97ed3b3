// How long a password stands against somebody who has the file and tries passwords, roughly and on the careful side: what
// follows a pattern counts little. It advises; the core alone decides what it takes. Pure.

export type Strength = 'short' | 'weak' | 'fair' | 'good' | 'strong';

export const PASSWORD_CHARS_MIN = 8;

/** Bits of the number of tries. The file's key derivation lets a rich attacker try some 2^20 a second. */
const FAIR_BITS = 40;
const GOOD_BITS = 52;
const STRONG_BITS = 66;

/** A word that people use costs as much as one in 2048; a long run of letters counts as several. */
const WORD_BITS = 11;
const WORD_LETTERS_MAX = 12;

/** What everybody tries first; also as part of a password. */
const COMMON =
  /pass(?:word|wort)?|letmein|welcome|admin|qwert[yz]?|azerty|asdf(?:gh)?|zxcv|iloveyou|monkey|dragon|football|everwatch|everpay|bitcoin|ethereum|crypto|wallet|changeme|abc123|secret|hunter|master/gi;
const YEAR = /(?:19|20)\d\d/g;
/** Something that was said already. */
const KNOWN = '\u0000';

export function passwordBits(password: string): number {
  const words = password.split(/[\s._-]+/).filter((word) => word !== '');
  if (words.length === 0 || !words.every((word) => /^\p{Lu}?\p{Ll}{2,}$/u.test(word)))
    return characterBits(password);
  const unique = [...new Set(words.map((word) => word.toLowerCase()))];
  const parts = unique.map((word) => Math.ceil(word.length / WORD_LETTERS_MAX));
  return Math.min(characterBits(password), WORD_BITS * parts.reduce((sum, n) => sum + n, 0));
}

/** A word for it. */
export function passwordStrength(password: string): Strength {
  const bits = passwordBits(password);
  if ([...password.normalize('NFKC')].length < PASSWORD_CHARS_MIN) return 'short';
  if (bits < FAIR_BITS) return 'weak';
  if (bits < GOOD_BITS) return 'fair';
  return bits < STRONG_BITS ? 'good' : 'strong';
}

function characterBits(password: string): number {
  const rest = [...password.replace(COMMON, KNOWN).replace(YEAR, KNOWN)];
  const alphabet = alphabetSize(password);
  let bits = 0;
  for (const [i, character] of rest.entries()) {
    if (character === KNOWN) bits += WORD_BITS / 2;
    else if (follows(rest[i - 1], character)) bits += 1;
    else bits += Math.log2(alphabet);
  }
  // Few different characters are few, however often they stand.
  return Math.min(bits, new Set(rest).size * Math.log2(alphabet) * 2);
}

/** The same again, or the next one: `aaa`, `123`, `cba`. */
function follows(before: string | undefined, character: string): boolean {
  if (before === undefined || before === KNOWN) return false;
  return Math.abs((character.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0)) <= 1;
}

function alphabetSize(password: string): number {
  let size = 0;
  if (/[a-z]/.test(password)) size += 26;
  if (/[A-Z]/.test(password)) size += 26;
  if (/\d/.test(password)) size += 10;
  if (/[ -/:-@[-`{-~]/.test(password)) size += 32;
  // Of other writing people use some hundreds of characters.
  if (/[^\u0000-\u007f]/u.test(password)) size += 400;
  return Math.max(2, size);
}
