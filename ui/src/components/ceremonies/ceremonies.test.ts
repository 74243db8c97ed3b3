import type { Component } from 'svelte';
import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import type { CeremonyDetail, CeremonyState, MarkState, SessionDetail } from '$lib/api';
import { sample, sampleKey } from '$lib/ceremonies/samples';
import { Asking } from '$lib/watch/asking.svelte';
import BackupCard from './BackupCard.svelte';
import CeremonyActions from './CeremonyActions.svelte';
import CompareMembers from './CompareMembers.svelte';
import KeyMembers from './KeyMembers.svelte';
import RoundTable from './RoundTable.svelte';
import SessionCoins from './SessionCoins.svelte';
import SessionQueue from './SessionQueue.svelte';

/** The page's text of a component, as a browser would get it before any script. */
function html<P extends Record<string, unknown>>(view: Component<P>, props: P): string {
  return render(view as Component<Record<string, unknown>>, { props }).body;
}
/** Values of an attribute, in order. */
const all = (body: string, name: string) =>
  [...body.matchAll(new RegExp(`${name}="([^"]*)"`, 'g'))].map(([, value]) => value);
/** The opening tag with a hook; empty where there is none. */
const tag = (body: string, hook: string) =>
  new RegExp(`<[^>]*data-testid="${hook}"[^>]*>`).exec(body)?.[0] ?? '';

const nothing = () => {};

describe('the table of members and rounds', () => {
  const marks: MarkState[][] = [
    ['sent', 'sent', 'open', 'open'],
    ['valid', 'broken', 'open', 'open'],
    ['valid', 'silent', 'open', 'open'],
  ];
  const failure = {
    code: 'culprit',
    culprits: [{ number: 2, charge: 'echo', disputed: false }],
    silent: [3],
    proof: true,
    canLeaveOut: true,
  };

  it('has a cell for every member and round, each with a word', () => {
    const body = html(RoundTable, { detail: sample('running', {}, marks) });
    expect(all(body, 'data-round')).toHaveLength(5 * 4);
    expect(all(body, 'data-state').slice(0, 4)).toEqual(['sent', 'sent', 'open', 'open']);
    const text = body.replace(/<[^>]*>/g, ' ');
    for (const word of ['sent', 'valid', 'contradicts', 'silent', 'not yet']) expect(text).toContain(word);
  });

  it('marks who is named, and says how it ended for everybody', () => {
    const body = html(RoundTable, { detail: sample('failed', { failure }, marks) });
    expect(all(body, 'data-named')).toEqual(['broken', 'silent']);
    expect(body).toContain('Result');
    expect(html(RoundTable, { detail: sample('running', {}, marks) })).not.toContain('Result');
  });
});

describe('comparing words', () => {
  it('asks about each of the others once, and never about ourselves', () => {
    const detail = sample('comparing');
    detail.members = detail.members.map((member, i) => (i < 2 ? member : { ...member, compared: false }));
    const body = html(CompareMembers, { detail, asking: new Asking(), onchange: nothing });
    expect(all(body, 'data-testid').filter((hook) => hook === 'compare-yes')).toHaveLength(3);
    expect(all(body, 'data-testid').filter((hook) => hook === 'compare-words')).toHaveLength(5);
  });
});

describe('what can be done about a ceremony', () => {
  const buttons = (detail: CeremonyDetail) => {
    const body = html(CeremonyActions, { detail, asking: new Asking(), onchange: nothing, onagain: nothing });
    return { body, hooks: all(body, 'data-testid').slice(1) };
  };
  const unjoined = (state: CeremonyState, compared: boolean) => {
    const detail = sample(state);
    detail.members = detail.members.map((one) => ({
      ...one,
      joined: !one.member.me,
      compared: one.compared === null ? null : compared,
    }));
    return detail;
  };

  it('lets nobody join before all words are compared', () => {
    expect(tag(buttons(unjoined('invited', false)).body, 'ceremony-join')).toContain('aria-disabled="true"');
    expect(tag(buttons(unjoined('invited', true)).body, 'ceremony-join')).not.toContain('aria-disabled');
    // What declines stands before what binds.
    expect(buttons(unjoined('invited', true)).hooks).toEqual(['ceremony-decline', 'ceremony-join']);
  });

  it('offers to stop while it goes on, and nothing when it is done or in doubt', () => {
    expect(buttons(sample('running')).hooks).toEqual(['ceremony-stop']);
    expect(buttons(sample('comparing')).hooks).toEqual(['ceremony-stop']);
    expect(buttons(sample('done')).hooks).toEqual([]);
    expect(buttons(sample('inDoubt')).hooks).toEqual([]);
  });

  it('offers, after a failure, to go on without the one who is named, with all, and the proof', () => {
    const failure = {
      code: 'culprit',
      culprits: [{ number: 5, charge: 'secret_value', disputed: false }],
      silent: [],
      proof: true,
      canLeaveOut: true,
    };
    const { body, hooks } = buttons(sample('failed', { failure }));
    expect(hooks).toEqual(['ceremony-without', 'ceremony-again', 'ceremony-proof', 'ceremony-left']);
    expect(body).toContain('Start again without Tomas');
    expect(body).toContain('3 of 4 can sign');
    const alone = { ...failure, proof: false, canLeaveOut: false };
    expect(buttons(sample('failed', { failure: alone })).hooks).toEqual(['ceremony-again']);
  });
});

describe('a shared key', () => {
  it('asks for the backup first, then for its test', () => {
    const card = (change: Parameters<typeof sampleKey>[0]) =>
      html(BackupCard, { key: sampleKey(change), onchange: nothing });
    expect(tag(card({}), 'share-drill')).toContain('aria-disabled="true"');
    expect(tag(card({ backedUpMs: 1 }), 'share-drill')).toContain('primary');
    const lost = card({ share: false, backedUpMs: 1 });
    expect(tag(lost, 'share-restore')).not.toBe('');
    expect(tag(lost, 'share-backup')).toBe('');
  });

  it('begins no second task while one is under way, and leads to that one', () => {
    const body = html(KeyMembers, { key: sampleKey({ busy: 'c0' }), onstarted: nothing });
    for (const kind of ['refresh', 'remove', 'repair'])
      expect(tag(body, `task-${kind}`)).toContain('aria-disabled="true"');
    expect(tag(body, 'key-busy')).toContain('#/watch/ceremonies/c0');
  });
});

describe('a session of signing', () => {
  const ADDRESS = 'bcrt1pq5rz0y8m4e9l3v7x2w6t8n0k5j3h9g7f2d4s6a8q0w2e4r6t8yqs9dy3f';
  const row = {
    id: '5e',
    label: 'Harbour',
    group: 'a0',
    proposer: 'Ravi',
    state: 'asked' as const,
    amount: '150012345',
    to: ADDRESS,
    inputs: 1,
    approved: 1,
    threshold: 3,
    askedMs: 0,
  };
  const detail: SessionDetail = {
    row,
    network: 'regtest',
    digest: 'd'.repeat(64),
    words: [],
    txid: 'e'.repeat(64),
    spends: [{ outpoint: `${'f'.repeat(64)}:0`, amount: '180000000', account: '0xAda', address: ADDRESS }],
    pays: [
      { to: ADDRESS, amount: '150000000', own: false },
      { to: ADDRESS, amount: '29987655', own: true },
    ],
    fee: '12345',
    feeRate: 5210,
    members: [],
    failure: null,
    transaction: null,
    secondSurface: '',
    givesUpMs: null,
  };

  it('shows every recipient in full and every amount to the satoshi', () => {
    const body = html(SessionCoins, { detail });
    expect(all(body, 'data-full').filter((full) => full === ADDRESS).length).toBeGreaterThanOrEqual(2);
    expect(all(body, 'data-base')).toEqual(['150000000', '29987655', '180000000', '12345']);
    const text = body.replace(/<[^>]*>/g, '');
    for (const part of ['0.00012345', '5.21', 'change', '0xAda']) expect(text).toContain(part);
  });

  it('stands in the queue while somebody should look, or is looking', () => {
    const sessions = [row, { ...row, id: '5f', state: 'declined' as const }];
    const shown = (selected: string | null) => all(html(SessionQueue, { sessions, selected }), 'data-id');
    expect(shown(null)).toEqual(['5e']);
    expect(shown('5f')).toEqual(['5e', '5f']);
    expect(html(SessionQueue, { sessions: [], selected: null })).not.toContain('section');
  });
});
