// Guesses from the look of a text what it names, while it is being typed. The core decides; this only tells the reader
// what will be looked for. Pure.

export type Kind = 'hash' | 'evmAccount' | 'arweave' | 'everId' | 'batch' | 'unknown' | 'empty';

export function guessKind(text: string): Kind {
  const trimmed = text.trim();
  if (trimmed === '') return 'empty';
  if (/^0x[0-9a-fA-F]{64}$/.test(trimmed)) return 'hash';
  if (/^0x[0-9a-fA-F]{40}$/.test(trimmed)) return 'evmAccount';
  if (/^[\w-]{43}$/.test(trimmed)) return 'arweave';
  if (/^eid[\w-]{43}$/.test(trimmed)) return 'everId';
  if (/^\d{1,12}$/.test(trimmed)) return 'batch';
  return 'unknown';
}
