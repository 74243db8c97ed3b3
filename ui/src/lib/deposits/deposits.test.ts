import { describe, expect, it } from 'vitest';
import type { DepositRow, DepositStage } from '$lib/api';
import { depositPath } from './path';
import { depositAmount, depositFace, depositNote, depositSenders, postRefusal } from './words';

const STAGES: DepositStage[] = ['seen', 'ready', 'posted', 'minted', 'refused', 'stranded', 'dropped'];
const MINT = { everHash: `0x${'ab'.repeat(32)}`, batch: 12, settled: true };

function deposit(change: Partial<DepositRow>): DepositRow {
  return {
    id: '1',
    chain: 'ethereum',
    tx: `0x${'11'.repeat(32)}`,
    tokenId: `0x${'00'.repeat(20)}`,
    tag: 'ethereum-eth-0x0',
    symbol: 'ETH',
    account: '0xa',
    sender: '0xa',
    amount: '2500000000000000000',
    rawAmount: '2500000000000000000',
    decimals: 18,
    targetDecimals: 18,
    block: 1_200,
    blockHash: `0x${'22'.repeat(32)}`,
    timeMs: 0,
    confirmations: 1,
    needed: 4,
    final: false,
    state: 'seen',
    code: null,
    posted: null,
    mint: null,
    canPost: false,
    ...change,
  };
}

/** The path as a line of marks: `#` done, `o` under way, `.` to come, `x` refused. */
function path(change: Partial<DepositRow>): string {
  const mark = { done: '#', fact: '#', progress: 'o', notYet: '.', danger: 'x' } as Record<string, string>;
  return depositPath(deposit(change))
    .map((step) => mark[step.glyph])
    .join('');
}

describe('depositPath', () => {
  it.each([
    ['#o..', { state: 'seen', confirmations: 1 }],
    ['##o.', { state: 'ready', confirmations: 4 }],
    ['###o', { state: 'posted', confirmations: 9 }],
    ['##x.', { state: 'refused', confirmations: 9, code: 'err_x' }],
    ['####', { state: 'minted', confirmations: 9, mint: MINT }],
    ['###o', { state: 'minted', confirmations: 9 }],
    // The ledger has it, whatever a node that is behind says.
    ['####', { state: 'seen', confirmations: 1, mint: MINT }],
    // Deep enough by count, but the chain does not call it final yet.
    ['#o..', { state: 'seen', confirmations: 4 }],
    ['', { state: 'stranded', code: 'internal' }],
    ['', { state: 'dropped' }],
  ] as [string, Partial<DepositRow>][])('%s', (marks, change) => expect(path(change)).toBe(marks));

  it('fills with the blocks, never beyond', () => {
    const deep = (confirmations: number) =>
      depositPath(deposit({ confirmations, state: confirmations < 4 ? 'seen' : 'ready' }))[1];
    expect(deep(0)).toMatchObject({ share: 0, detail: '0 of 4 blocks' });
    expect(deep(3)).toMatchObject({ share: 0.75, detail: '3 of 4 blocks' });
    expect(deep(40)).toMatchObject({ share: 1, detail: '4 of 4 blocks' });
  });

  it('leads to the mint and says while its batch is young', () => {
    const last = (settled: boolean) =>
      depositPath(deposit({ state: 'minted', confirmations: 4, mint: { ...MINT, settled } })).at(-1);
    expect(last(true)).toMatchObject({
      detail: 'batch 12',
      href: `#/explorer/transaction/${MINT.everHash}`,
    });
    expect(last(false)?.detail).toBe('batch 12, still young');
  });
});

describe('words', () => {
  it('gives every stage words of its own', () => {
    const texts = STAGES.map((state) => depositFace(deposit({ state })).text);
    expect(new Set(texts).size).toBe(STAGES.length);
  });

  it('says why and what to do exactly where somebody has to do something', () => {
    const noted = (code: string | null) =>
      STAGES.filter((state) => depositNote(deposit({ state, code })) !== null);
    expect(noted(null)).toEqual(['refused', 'stranded', 'dropped']);
    // A last try that failed is told while the deposit waits for the next one.
    expect(noted('err_mint_not_confirmed')).toEqual(['ready', 'refused', 'stranded', 'dropped']);
  });

  it('explains each kind of stranding', () => {
    const codes = ['internal', 'otherSender', 'ambiguous', 'shortfall', 'unknownToken', 'dust', 'tooLarge'];
    const reasons = codes.map((code) => depositNote(deposit({ state: 'stranded', code }))?.why);
    expect(new Set(reasons).size).toBe(codes.length);
    expect(depositNote(deposit({ state: 'stranded', code: 'brandNew' }))?.why).toContain('brandNew');
  });

  it('names each of several senders', () => {
    expect(depositSenders(deposit({ sender: '0xa,0xb' }))).toEqual(['0xa', '0xb']);
    expect(depositSenders(deposit({ sender: '0xa, 0xb' }))).toEqual(['0xa', '0xb']);
    expect(depositSenders(deposit({ sender: '' }))).toEqual([]);
  });

  it("takes the ledger's unit, else the chain's, else base units", () => {
    expect(depositAmount(deposit({}))).toMatchObject({
      base: '2500000000000000000',
      decimals: 18,
      symbol: 'ETH',
    });
    const raw = { amount: null, rawAmount: '7', targetDecimals: 6, decimals: 18 };
    expect(depositAmount(deposit(raw))).toMatchObject({ base: '7', decimals: 6 });
    const unknown = { amount: null, symbol: null, decimals: null, targetDecimals: null };
    expect(depositAmount(deposit(unknown))).toMatchObject({ decimals: null, symbol: 'unknown token' });
  });

  it('names why a mint was not taken, and shows unknown codes as they are', () => {
    const known = ['read_only', 'not_found', 'not_ready', 'stranded', 'no_coordinator', 'unreachable'];
    const texts = [...known, 'err_tx_minted', 'err_mint_not_confirmed', 'err_invalid_mint_tx'].map(
      postRefusal,
    );
    expect(new Set(texts).size).toBe(texts.length);
    expect(postRefusal('err_brand_new')).toContain('err_brand_new');
    expect(postRefusal('core_fault')).toContain('core_fault');
    expect(postRefusal('refused')).not.toContain('refused');
  });
});
