import { expect, it } from 'vitest';
import { guessKind } from './kind';

it.each([
  ['', 'empty'],
  [` 0x${'ab'.repeat(32)} `, 'hash'],
  ['0xD318F4d27Ced1C2c51Af17F532Aee6D6EbBD3F64', 'evmAccount'],
  ['A'.repeat(43), 'arweave'],
  ['18442', 'batch'],
  ['0x12', 'unknown'],
  ['hello', 'unknown'],
])('%s', (text, kind) => {
  expect(guessKind(text)).toBe(kind);
});
