import { describe, expect, it } from 'vitest';
import type { AlertRow } from '$lib/api';
import { alertEffect, alertLift, alertMeaning, alertSentence, alertTitle } from './sentences';
import { ruleName, rulePrinciple } from './rules';

function row(rule: string, code: string, params: Record<string, string>): AlertRow {
  return {
    key: `${rule}:batch`,
    rule,
    severity: 'critical',
    code,
    raisedMs: 0,
    latencyMs: null,
    provisional: false,
    acknowledged: false,
    closed: false,
    everHash: null,
    batchId: 'batch',
    batch: 1,
    item: 1,
    params: Object.entries(params).map(([name, value]) => ({ name, value })),
  };
}

const USDC = { symbol: 'USDC', decimals: '6' };
const RULES = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F11', 'F12', 'F13'];

describe('alertSentence', () => {
  it.each([
    ['F1', 'err_invalid_signature', {}, 'The coordinator packed a payment that its sender did not sign.'],
    [
      'F1',
      'err_invalid_signature',
      { ...USDC, amount: '12500000000' },
      'The coordinator packed a payment of 12,500.00 USDC that its sender did not sign.',
    ],
    ['F1', 'err_larger_data', {}, 'The coordinator packed a transaction that is invalid by itself.'],
    [
      'F2',
      'err_insufficient_balance',
      { ...USDC, short: '38795450000' },
      'The coordinator let an account pay out 38,795.45 USDC more than it had.',
    ],
    [
      'F2',
      'err_insufficient_balance',
      { ...USDC, needed: '40000000000', had: '1204550000' },
      'The coordinator let an account pay out 38,795.45 USDC more than it had.',
    ],
    ['F2', 'err_insufficient_balance', {}, 'The coordinator let an account pay out more than it had.'],
    [
      'F3',
      'err_nonce_too_low',
      { ...USDC, amount: '1000000' },
      'The coordinator packed a payment of 1.00 USDC again that had already taken effect.',
    ],
    [
      'F4',
      'err_invalid_mint_tx',
      { symbol: 'AR', decimals: '12', amount: '3500000000000' },
      'The coordinator created 3.50 AR that no deposit backs.',
    ],
    [
      'F4',
      'err_invalid_mint_tx',
      { ...USDC, amount: '5000000', reason: 'tooFewConfirmations' },
      'The coordinator credited 5.00 USDC before the deposit was deep enough.',
    ],
    [
      'F4',
      'err_invalid_mint_tx',
      { ...USDC, amount: '50000000', reason: 'wrongAmount' },
      'The coordinator credited 50.00 USDC for a deposit of another sum.',
    ],
    [
      'F4',
      'err_invalid_mint_tx',
      { ...USDC, amount: '50000000', reason: 'wrongSender' },
      'The coordinator credited 50.00 USDC to an account that did not deposit it.',
    ],
    [
      'F4',
      'err_invalid_mint_tx',
      { ...USDC, amount: '50000000', reason: 'ambiguous' },
      'The coordinator created 50.00 USDC that no deposit backs.',
    ],
    [
      'F4',
      'mint_undone',
      { ...USDC, amount: '50000000' },
      'A deposit of 50.00 USDC that the ledger credited no longer exists on its chain.',
    ],
    ['F5', 'err_tx_minted', {}, 'The coordinator credited one deposit twice.'],
    ['F12', 'vault_short', {}, 'The vaults hold less than the ledger owes.'],
    [
      'F12',
      'vault_short',
      { symbol: 'ETH', decimals: '18', short: '3200000000000000000' },
      'The vaults hold 3.20 ETH less than the ledger owes.',
    ],
    ['F6', 'conflicting_siblings', {}, 'The coordinator wrote two different continuations of the ledger.'],
    ['F7', 'gap', {}, 'A batch names a predecessor that no source can find.'],
    ['F8', 'foreign_batch', {}, "Somebody other than the coordinator wrote a batch into the ledger's chain."],
    [
      'F8',
      'altered_data',
      { source: 'http://127.0.0.1:1984' },
      'http://127.0.0.1:1984 served data of a batch that do not match their hash.',
    ],
    ['F8', 'malformed_batch', {}, 'The coordinator wrote a batch that cannot be read.'],
    ['F99', 'odd', {}, 'A rule this page does not know was broken: F99, odd.'],
  ])('%s %s', (rule, code, params, expected) => {
    expect(alertSentence(row(rule, code, params))).toBe(expected);
  });

  it('never takes base units for whole tokens while decimals are unknown', () => {
    const said = alertSentence(row('F1', 'err_invalid_signature', { symbol: 'USDC', amount: '12500000000' }));
    expect(said).not.toMatch(/\d/);
  });

  it('survives facts that are no numbers', () => {
    for (const rule of RULES)
      expect(alertSentence(row(rule, 'x', { decimals: '-1', amount: '1e9', had: 'a', needed: '' }))).not.toBe(
        '',
      );
  });
});

it('gives each rule its own name, principle, title and meaning', () => {
  for (const rule of RULES) {
    expect(ruleName(rule)).not.toBe('');
    expect(rulePrinciple(rule)).not.toBe(rule);
    expect(alertMeaning(row(rule, 'x', {}))).not.toBe('');
  }
  expect(new Set(RULES.map((rule) => alertTitle(row(rule, 'x', {})))).size).toBe(RULES.length);
  expect(new Set(RULES.map((rule) => ruleName(rule))).size).toBe(RULES.length);
});

it('does not blame the coordinator for a deposit that the chain itself undid', () => {
  const undone = row('F4', 'mint_undone', {});
  for (const text of [
    alertSentence(undone),
    alertTitle(undone),
    ruleName('F4', 'mint_undone'),
    alertMeaning(undone),
  ])
    expect(text).not.toMatch(/coordinator|forged|no deposit backs/);
  expect(alertTitle(undone)).not.toBe(alertTitle(row('F4', 'err_invalid_mint_tx', {})));
});

it('tells what the program did by itself', () => {
  expect(alertEffect(row('F2', 'x', {}))).toBe('refused');
  expect(alertEffect(row('F4', 'err_invalid_mint_tx', {}))).toBe('refused');
  expect(alertEffect(row('F4', 'mint_undone', {}))).toBe('halted');
  expect(alertEffect(row('F12', 'vault_short', {}))).toBe('halted');
  expect(alertEffect(row('F7', 'gap', {}))).toBeNull();
});

describe('payouts without a burn', () => {
  const ETH = { symbol: 'ETH', decimals: '18', chain: 'ethereum', amount: '1250000000000000000' };

  it('says what the vault paid, or in what it differs from the burn', () => {
    expect(alertSentence(row('F11', 'unknown_burn', ETH))).toBe(
      'The vault on Ethereum paid 1.25 ETH that no burn justifies.',
    );
    const codes = ['no_payout', 'other_token', 'other_recipient', 'other_amount', 'twice', 'unknown_burn'];
    const said = codes.map((code) => alertSentence(row('F11', code, { chain: 'ethereum' })));
    expect(new Set(said).size).toBe(5);
  });

  it('names what an owner signed', () => {
    expect(alertSentence(row('F13', 'other_recipient', ETH))).toContain('to somebody else');
    expect(alertSentence(row('F13', 'unknown_burn', ETH))).toContain('1.25 ETH');
  });

  it('halts for what was paid and not for what one owner signed', () => {
    expect(alertEffect(row('F11', 'twice', ETH))).toBe('halted');
    expect(alertEffect(row('F13', 'twice', ETH))).toBe(null);
  });

  it('tells who armed the vault again, and why', () => {
    expect(alertLift(row('F11', 'twice', ETH))).toBe(null);
    const lifted = { ...ETH, liftedBy: 'Ada', liftedMs: '1700000000000', liftedWhy: 'the keys were changed' };
    const lift = alertLift(row('F11', 'twice', lifted));
    expect(lift).toEqual({ text: 'Ada re-armed the vault: the keys were changed', atMs: 1_700_000_000_000 });
  });
});
