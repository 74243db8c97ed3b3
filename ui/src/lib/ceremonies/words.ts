// Ceremonies, keys and sessions in words: kinds, states, chains, members, the log. Pure.

import type {
  BitcoinNetwork,
  CeremonyDetail,
  CeremonyEvent,
  CeremonyKind,
  CeremonyPeer,
  CeremonyRow,
  CeremonyState,
  KeyMember,
  Reason,
  SessionState,
} from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { face, roundTitle, type Face } from './rounds';

/** Decimals and unit of what these keys hold. */
export const COIN = { decimals: 8, symbol: 'BTC' } as const;

export function kindWords(kind: CeremonyKind): string {
  switch (kind) {
    case 'create':
      return m.ceremony_kind_create();
    case 'refresh':
      return m.ceremony_kind_refresh();
    case 'remove':
      return m.ceremony_kind_remove();
    case 'repair':
      return m.ceremony_kind_repair();
  }
}

/** What a ceremony is about: `Key generation for "Harbour"`. */
export function ceremonyTitle({ kind, label }: Pick<CeremonyRow, 'kind' | 'label'>): string {
  return m.ceremony_title({ kind: kindWords(kind), label });
}

export function stateFace(state: CeremonyState): Face {
  switch (state) {
    case 'invited':
      return face('claim', 'claim', m.ceremony_state_invited());
    case 'comparing':
      return face('notYet', 'wait', m.ceremony_state_comparing());
    case 'running':
      return face('progress', 'wait', m.ceremony_state_running());
    case 'inDoubt':
      return face('attention', 'attention', m.ceremony_state_in_doubt());
    case 'done':
      return face('done', 'verified', m.ceremony_state_done());
    case 'failed':
      return face('danger', 'danger', m.ceremony_state_failed());
    case 'stopped':
      return face('held', 'neutral', m.ceremony_state_stopped());
  }
}

/** It goes on: something can still happen to it. */
export function goesOn(state: CeremonyState): boolean {
  return state === 'invited' || state === 'comparing' || state === 'running' || state === 'inDoubt';
}

export function networkWords(network: BitcoinNetwork): string {
  switch (network) {
    case 'main':
      return m.ceremony_network_main();
    case 'test':
      return m.ceremony_network_test();
    case 'regtest':
      return m.ceremony_network_regtest();
  }
}

/** Everything but the main network is play money, and drawn as such. */
export function networkFace(network: BitcoinNetwork): Face {
  return network === 'main'
    ? face('fact', 'neutral', networkWords(network))
    : face('claim', 'claim', networkWords(network));
}

export function memberName({ me, name, number }: KeyMember): string {
  if (me) return m.ceremony_you();
  return name === '' ? m.ceremony_member_number({ n: String(number) }) : name;
}

/** The member with a number, by name, as a sentence can name it; somebody who left is a number. */
export function nameOf({ members }: { members: readonly { member: KeyMember }[] }, number: number): string {
  const found = members.find(({ member }) => member.number === number)?.member;
  if (found === undefined) return m.ceremony_member_number({ n: String(number) });
  return found.me && found.name !== '' ? m.ceremony_me({ name: found.name }) : memberName(found);
}

/** Where a member is, as far as this computer knows. */
export function presence({ me, up }: Pick<KeyMember, 'me' | 'up'>): string {
  if (me) return m.ceremony_here();
  return up ? m.ceremony_connected() : m.ceremony_not_connected();
}

/** Why somebody cannot be invited now; empty when they can. */
export function whyNotInvited({ key, up }: Pick<CeremonyPeer, 'key' | 'up'>): string {
  if (key !== null) return '';
  return up ? m.ceremony_invite_no_part() : m.ceremony_invite_no_key();
}

/** A line of the log. */
export function eventWords(event: CeremonyEvent, detail: Pick<CeremonyDetail, 'members'>): string {
  const name = event.member === null ? m.ceremony_everybody() : nameOf(detail, event.member);
  const round = event.params.find((field) => field.name === 'round')?.value;
  const what = round === undefined ? m.ceremony_event_message() : roundTitle(round);
  switch (event.code) {
    case 'invited':
      return m.ceremony_event_invited({ name });
    case 'joined':
      return m.ceremony_event_joined({ name });
    case 'compared':
      return m.ceremony_event_compared({ name });
    case 'began':
      return m.ceremony_event_began();
    case 'sent':
      return m.ceremony_event_sent({ what });
    case 'received':
      return m.ceremony_event_received({ name, what });
    case 'refused':
      return m.ceremony_event_refused({ name });
    case 'up':
      return m.ceremony_event_up({ name });
    case 'down':
      return m.ceremony_event_down({ name });
    case 'staged':
      return m.ceremony_event_staged();
    case 'in_force':
      return m.ceremony_event_in_force();
    case 'restored':
      return m.ceremony_event_restored({ name });
    case 'in_doubt':
      return m.ceremony_event_in_doubt();
    case 'locked':
      return m.ceremony_event_locked();
    case 'failed':
      return m.ceremony_event_failed();
    case 'stopped':
      return m.ceremony_event_stopped({ name });
    default:
      return m.ceremony_event_other({ code: event.code, name });
  }
}

/** What the log knows beside the sentence. */
export function eventFacts({ params }: CeremonyEvent): string {
  return params
    .filter(({ name }) => name !== 'round')
    .map(({ name, value }) => `${name} ${value}`)
    .join(' · ');
}

export function sessionFace(state: SessionState): Face {
  switch (state) {
    case 'asked':
      return face('progress', 'attention', m.session_state_asked());
    case 'approved':
      return face('progress', 'wait', m.session_state_approved());
    case 'declined':
      return face('off', 'neutral', m.session_state_declined());
    case 'signed':
      return face('fact', 'verified', m.session_state_signed());
    case 'failed':
      return face('danger', 'danger', m.session_state_failed());
  }
}

/** How a member stands in a session. */
export function signerFace(state: string): Face {
  switch (state) {
    case 'waiting':
      return face('notYet', 'neutral', m.session_member_waiting());
    case 'approved':
      return face('progress', 'wait', m.session_member_approved());
    case 'declined':
      return face('off', 'neutral', m.session_member_declined());
    case 'signed':
      return face('fact', 'verified', m.session_member_signed());
    case 'broken':
      return face('crossed', 'danger', m.session_member_broken());
    case 'silent':
      return face('attention', 'attention', m.session_member_silent());
    case 'spare':
      return face('held', 'neutral', m.session_member_spare());
    default:
      return face('notYet', 'neutral', m.ceremony_code({ code: state }));
  }
}

/** What is wrong now, as a sentence. */
export function troubleWords({ code, subject }: Reason): string {
  switch (code) {
    case 'keystore_locked':
      return m.ceremony_trouble_locked({ label: subject });
    case 'invitation_refused':
      return m.ceremony_trouble_invitation({ subject });
    default:
      return m.ceremony_trouble_other({ code, subject });
  }
}

/** A step of an address's derivation. */
export function derivationWords(step: string): string {
  switch (step) {
    case 'internal_key':
      return m.key_share_step_internal();
    case 'leaf':
      return m.key_share_step_leaf();
    case 'root':
      return m.key_share_step_root();
    case 'tweak':
      return m.key_share_step_tweak();
    case 'output_key':
      return m.key_share_step_output();
    default:
      return step;
  }
}
