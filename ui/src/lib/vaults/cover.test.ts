import { describe, expect, it } from 'vitest';
import type { Cover, SolvencyView, TokenSolvency } from '$lib/api';
import {
  coverFace,
  coverPercent,
  coverSentence,
  coverText,
  haltReason,
  newestReserve,
  reserveReason,
  shortfall,
} from './cover';

function token(change: Partial<TokenSolvency>): TokenSolvency {
  return {
    tag: 'ethereum-eth-0x0',
    symbol: 'ETH',
    decimals: 18,
    supply: '0',
    waiting: '0',
    owed: '0',
    held: null,
    difference: null,
    verdict: 'unknown',
    chains: [],
    ...change,
  };
}

describe('coverPercent', () => {
  it.each([
    ['100', '100', '100.00'],
    // Rounded down: not quite covered is never shown as covered.
    ['99999', '100000', '99.99'],
    ['99999999999999999999999', '100000000000000000000000', '99.99'],
    ['84120930', '84097714', '100.02'],
    ['0', '7', '0.00'],
    ['3000', '1', '300,000.00'],
  ])('%s of %s', (held, owed, percent) => expect(coverPercent(held, owed)).toBe(percent));

  it('has no share of nothing and of what is not known', () => {
    expect(coverPercent('5', '0')).toBeNull();
    expect(coverPercent(null, '5')).toBeNull();
    expect(coverPercent('x', '5')).toBeNull();
  });
});

describe('a token', () => {
  it('shows the share where it is known, the word where it is not', () => {
    expect(coverText(token({ held: '10', owed: '10', verdict: 'covered' }))).toBe('100.00 %');
    expect(coverText(token({ held: '0', owed: '0', verdict: 'covered' }))).toBe('covered');
    expect(coverText(token({ held: '3', owed: '10', verdict: 'unknown' }))).toBe('unknown');
  });

  it('is short by a positive amount, and only when the core says so', () => {
    expect(shortfall(token({ verdict: 'short', difference: '-320' }))).toBe('320');
    expect(shortfall(token({ verdict: 'unknown', difference: '-320' }))).toBeNull();
    expect(shortfall(token({ verdict: 'covered', difference: '5' }))).toBeNull();
  });
});

describe('the sentence over all', () => {
  const view = (...verdicts: Cover[]): SolvencyView => ({
    batch: 3,
    atMs: 0,
    tokens: verdicts.map((verdict) => token({ verdict })),
    halts: [],
  });

  it.each([
    [view('covered', 'covered'), 'The vaults hold all that the ledger owes.', 'verified'],
    [view('covered', 'unknown'), 'Not every vault could be read.', 'attention'],
    [view('unknown', 'short', 'covered'), 'The vaults hold less than the ledger owes.', 'danger'],
    [view(), 'Nothing is owed yet.', 'neutral'],
  ])('%#', (given, text, tone) => expect(coverSentence(given)).toMatchObject({ text, tone }));

  it('tells how old the newest reading is', () => {
    const chain = {
      chain: 'ethereum',
      tokenId: '0x',
      held: '1',
      height: 1,
      block: null,
      why: null,
      sources: [],
    };
    const read = view('covered');
    expect(newestReserve(read)).toBeNull();
    const tokens = [
      token({
        chains: [
          { ...chain, timeMs: 5 },
          { ...chain, timeMs: null },
          { ...chain, timeMs: 9 },
        ],
      }),
    ];
    expect(newestReserve({ ...read, tokens })).toBe(9);
  });
});

it('gives each verdict a glyph of its own', () => {
  const glyphs = (['covered', 'short', 'unknown'] as const).map((cover) => coverFace(cover).glyph);
  expect(new Set(glyphs).size).toBe(3);
});

it('has words for every known reason and shows others as they are', () => {
  const reasons = ['no_node', 'no_answer', 'disagreement', 'not_read'].map(reserveReason);
  expect(new Set(reasons).size).toBe(4);
  expect(reserveReason('brand_new')).toContain('brand_new');
  const halt = { chain: 'ethereum', sinceMs: 0, alertKey: 'k' };
  expect(haltReason({ ...halt, code: 'vault_short' })).not.toBe(haltReason({ ...halt, code: 'mint_undone' }));
  expect(haltReason({ ...halt, code: 'brand_new' })).toContain('brand_new');
});
