// Rows of the core's answers, as tests of this folder need them.

import type {
  CeremonyDetail,
  CeremonyKind,
  CeremonyMember,
  CeremonyState,
  MarkState,
  SharedKey,
} from '$lib/api';

const NAMES = ['Mira', 'Ravi', 'Jun', 'Amara', 'Tomas'];

/** Five members; the first is this program. `marks`: states by member and round. */
export function sample(
  state: CeremonyState,
  change: Partial<CeremonyDetail> = {},
  marks: readonly (readonly MarkState[])[] = [],
  kind: CeremonyKind = 'create',
): CeremonyDetail {
  const members = NAMES.map((name, i): CeremonyMember => ({
    member: { number: i + 1, name, peer: `peer-${i}`, me: i === 0, up: true },
    key: `${i}`.repeat(64),
    words: [],
    compared: i === 0 ? null : true,
    joined: true,
    marks: (marks[i] ?? []).map((mark) => ({ state: mark, afterMs: null })),
  }));
  const row = { id: 'c0', kind, label: 'Harbour', group: null, state, myTurn: false, attempt: 1 };
  return {
    row: { ...row, begunMs: 0, endedMs: null },
    network: 'regtest',
    threshold: 3,
    proposer: 2,
    fingerprint: 'f'.repeat(64),
    words: [],
    members,
    subject: null,
    rounds: ['commitments', 'echo', 'values', 'confirmation'],
    givesUpMs: null,
    failure: null,
    outcome: null,
    log: [],
    ...change,
  };
}

export function sampleKey(change: Partial<SharedKey> = {}): SharedKey {
  return {
    group: 'a0',
    key: 'b0',
    label: 'Harbour',
    network: 'regtest',
    threshold: 3,
    generation: 0,
    members: sample('done').members.map(({ member }) => member),
    sinceMs: 0,
    share: true,
    backedUpMs: null,
    drilledMs: null,
    busy: null,
    ...change,
  };
}
