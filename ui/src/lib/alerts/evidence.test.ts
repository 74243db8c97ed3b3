import { describe, expect, it } from 'vitest';
import type { AlertDetail, EvidenceLink } from '$lib/api';
import { comparisonValue, shownEvidence } from './evidence';

const HASH = `0x${'ab'.repeat(32)}`;

function detail(links: { code: string; holds?: boolean; params?: Record<string, string> }[]): AlertDetail {
  const evidence: EvidenceLink[] = links.map(({ code, holds = true, params = {} }) => ({
    code,
    holds,
    params: Object.entries(params).map(([name, value]) => ({ name, value })),
  }));
  return {
    row: {
      key: 'k',
      rule: 'F2',
      severity: 'critical',
      code: 'err_insufficient_balance',
      raisedMs: 0,
      latencyMs: null,
      provisional: true,
      acknowledged: false,
      closed: false,
      everHash: HASH,
      batchId: 'b',
      batch: 18_443,
      item: 217,
      params: [
        { name: 'symbol', value: 'USDC' },
        { name: 'decimals', value: '6' },
      ],
    },
    class: 'provenGivenRoot',
    comparison: [],
    evidence,
    consequences: [],
  };
}

describe('shownEvidence', () => {
  it('tells place and balance in the title and not twice', () => {
    const [place, balance] = shownEvidence(
      detail([
        { code: 'inBatch', params: { batch: '18443', item: '217' } },
        { code: 'balanceBefore', params: { had: '1204550000', root: HASH } },
      ]),
    );
    expect(place?.title).toBe('It is in batch 18,443 at place 217');
    expect(place?.facts).toEqual([]);
    expect(balance?.title).toBe('Before it, the account held 1,204.55 USDC');
    expect(balance?.facts.map((fact) => [fact.name, fact.machine])).toEqual([['root', true]]);
  });

  it('counts confirmations of a deposit, and values its worth', () => {
    const [link] = shownEvidence(
      detail([{ code: 'noDeposit', holds: false, params: { had: '2', needed: '10', worth: '5000000' } }]),
    );
    expect(link?.holds).toBe(false);
    expect(link?.facts.map((fact) => fact.text)).toEqual(['2', '10', '5.00 USDC']);
  });

  it('ends with the broken rule in words', () => {
    const [link] = shownEvidence(detail([{ code: 'ruleBroken', holds: false, params: { code: 'err_x' } }]));
    expect(link?.title).toBe('So the rule “nobody spends more than they have” is broken');
    expect(link?.facts[0]?.text).toBe('err_x');
  });

  it('shows a code that it does not know as it is', () => {
    expect(shownEvidence(detail([{ code: 'brandNew' }]))[0]?.title).toBe('brandNew');
  });
});

describe('comparisonValue', () => {
  const row = detail([]).row;
  const value = (what: string, claim: string) =>
    comparisonValue(row, { what, claim, fact: '', equal: false }, 'claim').text;

  it('reads amounts, bounds, verdicts and nonces', () => {
    expect(value('payment', '40000000000')).toBe('40,000.00 USDC');
    expect(value('balanceBefore', '≥ 40000000000')).toBe('at least 40,000.00 USDC');
    expect(value('verdict', 'err_insufficient_balance')).toBe('refused: balance too small');
    expect(value('nonce', '> 1795173604118')).toBe('must be above 1795173604118');
    expect(value('owner', '')).toBe('not said');
  });
});
