import { describe, expect, it } from 'vitest';
import type { AlertDetail, EvidenceLink } from '$lib/api';
import { comparisonTitles, comparisonValue, shownEvidence } from './evidence';

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

  it('says why no deposit backs a mint', () => {
    const forged = detail([{ code: 'noDeposit', holds: false }]);
    forged.row.params.push({ name: 'reason', value: 'ambiguous' });
    expect(shownEvidence(forged)[0]?.title).toBe(
      'No deposit backs it: more than one account paid in, or nobody that can be named',
    );
  });

  it('sets what is owed against what each vault holds', () => {
    const short = detail([
      { code: 'liabilities', params: { batch: '142', supply: '7000000', waiting: '440000' } },
      { code: 'reserve', params: { chain: 'ethereum', token: '0x1', held: '4240000', height: '1204' } },
    ]);
    short.row.params.push({ name: 'owed', value: '7440000' });
    const [owed, held] = shownEvidence(short);
    expect(owed?.title).toBe('After batch 142, the ledger owes 7.44 USDC');
    expect(owed?.facts.map((fact) => fact.text)).toEqual(['7.00 USDC', '0.44 USDC']);
    expect(held?.title).toBe('The vault on Ethereum holds 4.24 USDC');
    expect(held?.facts.map((fact) => fact.text)).toEqual(['0x1', '1,204']);
  });

  it('tells when a deposit was there and that it is gone', () => {
    const [seen, gone] = shownEvidence(
      detail([
        { code: 'depositSeen', params: { chain: 'ethereum', had: '3', needed: '3' } },
        { code: 'depositUndone', holds: false, params: { chain: 'ethereum', tip: '1204' } },
      ]),
    );
    expect(seen?.facts.map((fact) => fact.text)).toEqual(['ethereum', '3', '3']);
    expect(gone?.title).toBe('It is gone from Ethereum, which was read up to block 1,204');
    expect(gone?.facts).toEqual([]);
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

it('lets ledger and chain speak where the coordinator claims nothing', () => {
  const { row } = detail([]);
  const claims = [row, { ...row, rule: 'F12' }, { ...row, rule: 'F4', code: 'mint_undone' }].map(
    (each) => comparisonTitles(each).claim,
  );
  expect(claims).toEqual(['The coordinator says', 'The ledger says', 'The ledger says']);
});

describe('the evidence of a payout without a burn', () => {
  const payout = detail([
    { code: 'vaultExecuted', params: { chain: 'ethereum', height: '1200', tx: HASH, payload: `${HASH}00` } },
    { code: 'noBurn', holds: false, params: { everHash: HASH, batch: '7' } },
  ]);
  payout.row.rule = 'F11';

  it('names block and batch in the title, and the bytes as facts', () => {
    const [done, missing] = shownEvidence(payout);
    expect(done?.title).toBe('The vault on Ethereum carried it out in block 1,200');
    expect(done?.facts.map((fact) => fact.name)).toEqual(['tx', 'payload']);
    expect(missing?.title).toBe('No batch up to 7 has a burn that it could pay');
    expect(missing?.facts.map((fact) => fact.href !== undefined)).toEqual([true]);
  });

  it('holds what was paid against what the ledger asks for', () => {
    expect(comparisonTitles(payout.row).claim).toBe('The vault paid');
    const pair = { what: 'payout', claim: '1000000', fact: '0', equal: false };
    expect(comparisonValue(payout.row, pair, 'claim').text).toBe('1.00 USDC');
    const nobody = { what: 'payee', claim: '0x01', fact: '', equal: false };
    expect(comparisonValue(payout.row, nobody, 'fact').text).toBe('nobody');
  });
});
