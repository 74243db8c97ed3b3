import { describe, expect, it } from 'vitest';
import type { CheckView, LimitView, PayoutDetail, PayoutGroup, PayoutRow } from '$lib/api';
import { approveCommand, checkFact, checkSum, checkWords, whyNotWords } from './checks';
import { payoutsCsv } from './csv';
import { firstShown, grouped, GROUPS, groupTitle, leftAfterMine } from './groups';
import { counted, limitShares, limitTitle } from './limits';
import { callWords, decidedWords, signerFace, stateFace, stepWords, verdictWords, waitWords } from './words';

const row = (everHash: string, group: PayoutGroup) => ({ everHash, group }) as PayoutRow;

describe('the queue', () => {
  const rows = [row('a', 'waiting'), row('b', 'onTheWay'), row('c', 'done'), row('d', 'waiting')];

  it('stands in the order of concern, with what is not shown counted', () => {
    const parts = grouped(rows, [2, 5, 90, 1]);
    expect(parts.map(({ group, rows, all }) => [group, rows.map((one) => one.everHash), all])).toEqual([
      ['waiting', ['a', 'd'], 2],
      ['onTheWay', ['b'], 5],
      ['done', ['c'], 90],
    ]);
  });

  it('opens at what waits for a person', () => {
    expect(firstShown([row('b', 'onTheWay'), row('a', 'waiting')])).toBe('a');
    expect(firstShown([row('b', 'onTheWay')])).toBe('b');
    expect(firstShown([])).toBeNull();
  });

  it('says how many must sign after this watchman', () => {
    expect(leftAfterMine(1, 3)).toBe(1);
    expect(leftAfterMine(2, 3)).toBe(0);
    expect(leftAfterMine(3, 3)).toBe(0);
    expect(leftAfterMine(1, null)).toBeNull();
  });
});

describe('the bar of a limit', () => {
  const limit = (used: string, adds: string, max: string | null): LimitView => ({
    rule: 'window',
    used,
    adds,
    max,
    hours: 24,
    untilMs: null,
    holds: true,
  });

  it.each([
    ['0', '25', '100', { used: 0, adds: 250, over: false }],
    ['50', '50', '100', { used: 500, adds: 500, over: false }],
    ['50', '51', '100', { used: 500, adds: 500, over: true }],
    ['200', '1', '100', { used: 1000, adds: 0, over: true }],
    ['0', '1', '0', { used: 1000, adds: 0, over: true }],
    [`1${'0'.repeat(77)}`, '0', `2${'0'.repeat(77)}`, { used: 500, adds: 0, over: false }],
  ])('%s and %s of %s', (used, adds, max, shares) => {
    expect(limitShares(limit(used, adds, max))).toEqual(shares);
  });

  it('is not drawn where there is no limit or no number', () => {
    expect(limitShares(limit('0', '1', null))).toBeNull();
    expect(limitShares(limit('', '1', '5'))).toBeNull();
    expect(counted(limit('38200', '12500', null))).toBe('50700');
  });
});

describe('W1 to W6', () => {
  const check = (code: string, result: string): CheckView => ({ code, result, fact: '' });
  const codes = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6'];

  it('each say one thing when they hold and another when they fail', () => {
    const words = codes.flatMap((code) =>
      ['holds', 'fails'].map((result) => checkWords(check(code, result))),
    );
    expect(new Set(words).size).toBe(12);
    expect(checkWords(check('W1', 'notReached'))).toBe(checkWords(check('W1', 'holds')));
  });

  it('are counted', () => {
    const checks = [check('W1', 'holds'), check('W2', 'fails'), check('W3', 'notReached')];
    expect(checkSum(checks)).toEqual({ holding: 1, all: 3, fails: true });
  });

  it('show the fact in words, and what has none as it is', () => {
    const fact = (code: string, text: string, result = 'holds') =>
      checkFact({ code, result, fact: text }, 'awaiting');
    expect(fact('W1', '12/10')).toMatch(/12.*10/);
    expect(fact('W1', '?/10')).not.toContain('?');
    expect(fact('W2', 'F2:a,F6:b', 'fails')).toContain('F2:a, F6:b');
    expect(fact('W4', 'auto')).not.toBe('auto');
    expect(fact('W4', 'Ada')).toContain('Ada');
    expect(fact('W4', 'payout_max 5', 'fails')).not.toContain('payout_max');
    expect(fact('W9', 'brandnew')).toBe('brandnew');
    for (const code of codes) expect(fact(code, '')).toBe('');
  });

  it('can be approved by the command that showed the same', () => {
    const detail = {
      command: "everwatchd watchman show 0x12 --data-dir '/a b'",
      row: { everHash: '0x12' },
      fields: { digest: '0xab' },
    } as PayoutDetail;
    expect(approveCommand(detail)).toBe("everwatchd watchman approve 0x12 0xab --by NAME --data-dir '/a b'");
  });

  it('name the rule that stands against an approval', () => {
    const checks = [check('W1', 'holds'), check('W2', 'fails')];
    expect(whyNotWords({ canApprove: false, whyNot: 'check_fails', checks })).toContain('W2');
    expect(whyNotWords({ canApprove: true, whyNot: null, checks })).toBeNull();
    for (const whyNot of ['locked', 'not_asked', 'needs_window', 'not_running', null])
      expect(whyNotWords({ canApprove: false, whyNot, checks: [] })).toBeTruthy();
  });
});

it('is a table with as many cells as names', () => {
  const text = payoutsCsv([
    {
      everHash: '0x12',
      state: 'awaiting',
      group: 'waiting',
      waitsFor: null,
      verdict: 'auto_up_to',
      tag: 'ethereum-usdc-0x1',
      symbol: '=USDC',
      decimals: 6,
      amount: '12500000000',
      targetAmount: '12500000000',
      targetDecimals: 6,
      chain: 'ethereum',
      to: '0xd3',
      burntMs: 1,
      sinceMs: 2,
      signed: 1,
      needed: null,
      tx: null,
      accused: false,
    },
  ]);
  const [names = '', row = ''] = text.split('\r\n');
  expect(row.split(',').length).toBe(names.split(',').length);
  expect(row).toContain('12500.000000');
  expect(row).toContain("'=USDC");
});

it('never is without words', () => {
  const states = ['seen', 'verified', 'held', 'awaiting', 'approved', 'intended', 'signed', 'quorum'];
  states.push('submitted', 'executed', 'closed', 'refused', 'failed');
  expect(new Set(states.map((state) => stateFace(state).text)).size).toBe(states.length);
  expect(new Set(states.map(stepWords)).size).toBe(states.length);
  const waits = ['depth', 'alerts_unknown', 'alert_open', 'sources_unknown', 'sources_disagree', 'halted'];
  waits.push('not_active', 'release_unknown', 'no_policy', 'locked');
  expect(new Set(waits.map(waitWords)).size).toBe(waits.length);
  const signers = ['signed', 'not_yet', 'unreachable', 'quarantine', 'accused', 'not_owner'];
  expect(new Set(signers.map((state) => signerFace(state).text)).size).toBe(signers.length);
  expect(new Set(GROUPS.map(groupTitle)).size).toBe(GROUPS.length);
  expect(new Set(['coin', 'transfer', 'mint'].map(callWords)).size).toBe(3);
  for (const rule of ['payoutMax', 'window', 'recipient', 'delay', 'autoUpTo'])
    expect(limitTitle({ rule, hours: 24 } as LimitView)).not.toBe(rule);
  for (const speak of [
    waitWords,
    (code: string) => stateFace(code).text,
    (code: string) => signerFace(code).text,
  ])
    expect(speak('brandnew')).toContain('brandnew');
  expect(verdictWords('window 5 in 24 h', 'held')).toBe(verdictWords('window', 'held'));
  expect(verdictWords('auto_up_to', 'awaiting')).not.toBe(verdictWords('auto_up_to', 'signed'));
  expect(decidedWords({ code: 'refused_by_policy', subject: 'payout_max 5' })).not.toContain('payout_max');
  expect(decidedWords({ code: 'refused', subject: 'wrong invoice' })).toContain('wrong invoice');
});
