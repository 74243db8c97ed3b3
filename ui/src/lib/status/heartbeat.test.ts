import { describe, expect, it } from 'vitest';
import type { SourceView, Status, Watching } from '$lib/api';
import { clock } from '$lib/stores/clock.svelte';
import { beat, type LinkState } from './heartbeat';
import { verdict } from './verdict';

const NOW = Date.UTC(2026, 10, 20, 14, 31, 7);
const UP: LinkState = { link: 'up', lostMs: null };
const SOURCE: SourceView = {
  url: 'http://a',
  state: 'agrees',
  height: 9,
  latencyMs: 40,
  seenMs: NOW - 41_000,
};
const ROOT = `0x${'11'.repeat(32)}`;

function status(change: Partial<Status>): Status {
  return {
    seq: 1,
    nowMs: NOW,
    watching: 'watching',
    worstRule: null,
    lastVerifiedMs: NOW - 4_000,
    lastBatch: 18_442,
    height: 9,
    tip: 9,
    lagBatches: 0,
    batches: 18_442,
    overlayBatches: 3,
    transactions: 2_914_406,
    rejected: 0,
    unsettled: 0,
    stateRoot: ROOT,
    coordinator: 'sameRoot',
    coordinatorRoot: ROOT,
    comparedRoot: ROOT,
    comparedBatch: 18_442,
    coordinatorSeenMs: NOW - 540_000,
    sources: [SOURCE, SOURCE, SOURCE],
    sourcesAgreeing: 3,
    sourcesNeeded: 2,
    alertsCritical: 0,
    alertsOther: 0,
    vaultsShort: [],
    halted: [],
    signing: 'notSetUp',
    awaiting: 0,
    unfinished: null,
    network: 'Test',
    practice: true,
    depthBlocks: 10,
    notifications: 'ready',
    ...change,
  };
}

/** Speaks for a status and checks sentence, glyph and tone. */
function check(change: Partial<Status>, sentence: string, glyph: string, tone: string, link = UP) {
  clock.set(NOW);
  expect(beat(status(change), link)).toMatchObject({ sentence, glyph, tone });
}

describe('beat', () => {
  it('watches', () => check({}, 'Watching', 'watching', 'verified'));
  it('names the fraud', () =>
    check(
      { watching: 'fraudProven', worstRule: 'F2', alertsCritical: 1 },
      'Fraud proven, F2 overspend',
      'danger',
      'danger',
    ));
  it('is alarmed by any open critical alert, proven or recorded', () =>
    check({ worstRule: 'F4', alertsCritical: 1 }, 'Critical alert, F4 forged mint', 'danger', 'danger'));
  it('names the deposit that was undone, not a forgery', () => {
    const text = beat(status({ worstRule: 'F4', alertsCritical: 1 }), UP, null, 'mint_undone').sentence;
    expect(text).toBe('Critical alert, F4 deposit undone');
  });
  it('tells by how much a vault is short', () => {
    const eth = { tag: 'e', symbol: 'ETH', decimals: 18, shortfall: '3200000000000000000' };
    const short = { watching: 'vaultShort', worstRule: 'F12', alertsCritical: 1 } as const;
    check({ ...short, vaultsShort: [eth] }, 'Vault short by 3.20 ETH', 'danger', 'danger');
    check({ ...short, vaultsShort: [eth, eth] }, 'Vaults short in 2 tokens', 'danger', 'danger');
    check(short, 'Vault short', 'danger', 'danger');
  });
  it('counts sources that disagree', () =>
    check(
      { watching: 'sourcesDisagree', sourcesAgreeing: 2 },
      'Sources disagree, 2 of 3',
      'attention',
      'attention',
    ));
  it('tells how long the coordinator is silent', () =>
    check({ watching: 'coordinatorSilent' }, 'Coordinator silent for 9 min', 'attention', 'attention'));
  it('tells how long nothing was heard', () =>
    check({ watching: 'noSource' }, 'Nothing heard for 41 s', 'attention', 'attention'));
  it('says why it cannot finish', () =>
    check(
      { watching: 'unfinished', unfinished: { code: 'gap', subject: 'x' } },
      'Not finished: a batch is missing',
      'attention',
      'attention',
    ));
  it('catches up', () =>
    check(
      { watching: 'catchingUp', batches: 12_004, lagBatches: 6_438 },
      'Catching up, 12,004 of 18,442',
      'filling',
      'wait',
    ));
  it('has not started', () => check({ watching: 'starting' }, 'Not watching yet', 'notYet', 'neutral'));
  it('puts a lost core above everything it said before', () =>
    check(
      { watching: 'fraudProven', worstRule: 'F2', alertsCritical: 1 },
      'Lost touch with the core 6 s ago, trying again',
      'attention',
      'attention',
      { link: 'lost', lostMs: NOW - 6_000 },
    ));

  it('is never silent, whatever it is given', () => {
    expect(beat(null, { link: 'connecting', lostMs: null }).sentence).toBe('Not watching yet');
    for (const link of ['connecting', 'up', 'starting', 'lost', 'noSession'] as const)
      expect(beat(null, { link, lostMs: null }).sentence).not.toBe('');
  });

  it('changes its kind with the state, not with age or count', () => {
    const kind = (change: Partial<Status>) => beat(status(change), UP).kind;
    expect(kind({ watching: 'catchingUp', batches: 1, lagBatches: 9 })).toBe(
      kind({ watching: 'catchingUp', batches: 5, lagBatches: 5 }),
    );
    expect(kind({ watching: 'catchingUp' })).not.toBe(kind({}));
  });
});

describe('verdict', () => {
  it('says that everything checks out only when it does', () => {
    expect(verdict(status({}), UP)).toEqual({
      title: 'Everything checks out.',
      scope:
        'This computer replayed the whole ledger itself: 18,442 batches, 2,914,406 transactions, no rule broken.',
      fine: true,
    });
    const others: Watching[] = [
      'fraudProven',
      'vaultShort',
      'sourcesDisagree',
      'coordinatorSilent',
      'noSource',
      'unfinished',
      'catchingUp',
      'starting',
    ];
    for (const watching of others) expect(verdict(status({ watching }), UP).fine).toBe(false);
    expect(verdict(status({ coordinator: 'otherRoot' }), UP).fine).toBe(false);
    expect(verdict(status({ unsettled: 1 }), UP).fine).toBe(false);
    expect(verdict(status({ halted: ['ethereum'] }), UP).fine).toBe(false);
    expect(verdict(status({ batches: 0 }), UP).fine).toBe(false);
    expect(verdict(status({}), { link: 'lost', lostMs: NOW }).fine).toBe(false);
    expect(verdict(null, UP).fine).toBe(false);
  });

  it('uses the singular', () => {
    expect(verdict(status({ batches: 1, transactions: 1 }), UP).scope).toContain('1 batch, 1 transaction,');
  });
});
