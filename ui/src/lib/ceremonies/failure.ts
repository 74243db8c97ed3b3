// Why a ceremony failed: who, why, what next. A name first, then the rule. Pure.

import type { CeremonyDetail, CeremonyFailure, Culprit } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { goesOn } from './words';

export type NameOf = (number: number) => string;

/** What somebody did, as a sentence. */
export function chargeWords({ charge, number }: Culprit, name: NameOf): string {
  const who = { name: name(number) };
  switch (charge) {
    case 'equivocation':
      return m.ceremony_charge_equivocation(who);
    case 'commitments':
      return m.ceremony_charge_commitments(who);
    case 'echo':
      return m.ceremony_charge_echo(who);
    case 'secret_value':
      return m.ceremony_charge_secret_value(who);
    case 'confirmation':
      return m.ceremony_charge_confirmation(who);
    case 'signature_share':
      return m.ceremony_charge_signature_share(who);
    case 'false_accusation':
      return m.ceremony_charge_false_accusation(who);
    case 'content':
      return m.ceremony_charge_content(who);
    default:
      return m.ceremony_charge_other({ ...who, code: charge });
  }
}

/** Names in a row: `Ada, Bob`. */
export function nameList(numbers: readonly number[], name: NameOf): string {
  return numbers.map(name).join(m.ceremony_name_gap());
}

/** The sentence that heads a failure. */
export function failureTitle(failure: CeremonyFailure, name: NameOf): string {
  const proven = failure.culprits.filter(({ disputed }) => !disputed);
  const [first] = proven;
  if (first !== undefined && proven.length === 1) return chargeWords(first, name);
  if (proven.length > 1)
    return m.ceremony_failed_several({
      names: nameList(
        proven.map(({ number }) => number),
        name,
      ),
    });
  const [accuser, accused] = failure.culprits;
  if (accuser !== undefined && accused !== undefined)
    return m.ceremony_failed_disputed({ a: name(accuser.number), b: name(accused.number) });
  const names = nameList(failure.silent, name);
  if (failure.code === 'stopped')
    return names === '' ? m.ceremony_stopped() : m.ceremony_stopped_by({ names });
  if (failure.code === 'restarted')
    return names === '' ? m.ceremony_failed_restarted() : m.ceremony_failed_restarted_by({ names });
  if (names !== '') return m.ceremony_failed_silent({ names, n: failure.silent.length });
  if (failure.code === 'keystore_locked') return m.ceremony_failed_locked();
  if (failure.code === 'rule') return m.ceremony_failed_rule();
  return m.ceremony_failed_other({ code: failure.code });
}

/** What can be done about it. */
export interface Again {
  /** Whom each way leaves out. */
  without: number[];
  /** How many stay. */
  left: number;
}

/**
 * The ways to begin again without the named ones, the likeliest first: all who are proven guilty, else all who were silent;
 * of two who contradict each other either one.
 */
export function waysWithout(detail: Pick<CeremonyDetail, 'failure' | 'members' | 'threshold'>): Again[] {
  const { failure, members } = detail;
  if (failure === null || !failure.canLeaveOut) return [];
  const me = members.find(({ member }) => member.me)?.member.number;
  const proven = failure.culprits.filter(({ disputed }) => !disputed).map(({ number }) => number);
  const disputed = failure.culprits.filter((each) => each.disputed).map(({ number }) => [number]);
  const groups = proven.length > 0 ? [proven] : disputed.length > 0 ? disputed : [failure.silent];
  return groups
    .map((without) => ({ without, left: members.length - without.length }))
    .filter(
      ({ without, left }) =>
        without.length > 0 && left >= detail.threshold && !without.some((number) => number === me),
    );
}

/** What a failure means for the money and the shares. */
export function failureMeaning({ row, failure }: Pick<CeremonyDetail, 'row' | 'failure'>): string {
  if (goesOn(row.state)) return '';
  if (row.kind === 'create')
    return failure?.proof ? m.ceremony_nothing_lost_proof() : m.ceremony_nothing_lost();
  return row.kind === 'repair' ? m.ceremony_nothing_changed_repair() : m.ceremony_nothing_changed();
}

/** Whether a member is named by a failure, and how. */
export function namedAs(
  failure: CeremonyFailure | null,
  number: number,
): 'broken' | 'disputed' | 'silent' | null {
  const culprit = failure?.culprits.find((each) => each.number === number);
  if (culprit !== undefined) return culprit.disputed ? 'disputed' : 'broken';
  return failure !== null && failure.code !== 'stopped' && failure.silent.includes(number) ? 'silent' : null;
}
