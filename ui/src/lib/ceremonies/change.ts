// What a refresh, a removal or a repair changes about a key, line by line. Pure.

import type { CeremonyKind, KeyMember, SharedKey } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { memberName } from './words';

export interface ChangeLine {
  /** What it is about. */
  what: string;
  old: string;
  new: string;
}

/** The lines of a task; `number` is the member that it is about. */
export function taskChange(kind: CeremonyKind, key: SharedKey, number: number | null): ChangeLine[] {
  const subject = key.members.find((member) => member.number === number);
  const stay = key.members.filter((member) => kind !== 'remove' || member.number !== number);
  const names = (members: KeyMember[]) => members.map(memberName).join(m.ceremony_name_gap());
  const group = (n: number) => m.ceremony_t_of_n({ t: String(key.threshold), n: String(n) });
  const same = m.ceremony_change_same();
  const lines = [
    { what: m.ceremony_change_key(), old: m.ceremony_change_this_key(), new: same },
    { what: m.ceremony_change_members(), old: names(key.members), new: names(stay) },
    { what: m.ceremony_change_who_signs(), old: group(key.members.length), new: group(stay.length) },
  ];
  if (kind === 'repair')
    return [
      ...lines.slice(0, 1),
      {
        what: m.ceremony_change_share_of({ name: subject === undefined ? '' : memberName(subject) }),
        old: m.ceremony_change_lost(),
        new: m.ceremony_change_restored(),
      },
      { what: m.ceremony_change_other_shares(), old: m.ceremony_change_as_they_are(), new: same },
    ];
  return [
    ...lines,
    {
      what: m.ceremony_change_shares(),
      old: m.ceremony_change_generation({ n: String(key.generation) }),
      new: m.ceremony_change_generation({ n: String(key.generation + 1) }),
    },
  ].map((line) => (line.old === line.new ? { ...line, new: same } : line));
}

/** Why a task cannot be begun with a member; empty when it can. */
export function taskFault(kind: CeremonyKind, key: SharedKey, number: number | null): string {
  if (kind === 'refresh') return '';
  if (number === null) return m.ceremony_task_choose();
  if (kind === 'remove' && key.members.length - 1 < key.threshold)
    return m.ceremony_task_too_few({ t: String(key.threshold) });
  return '';
}
