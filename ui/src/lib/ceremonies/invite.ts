// An invitation to make a key, as it is filled in. Pure.

import type { CeremonyPeer } from '$lib/api';
import { m } from '$lib/paraglide/messages';

/** Characters of a name at most. */
export const LABEL_MAX = 40;
/** Members at most. */
const MEMBERS_MAX = 100;

/** How many of a group sign together when nobody says otherwise: more than half, two at least. */
export function usualThreshold(members: number): number {
  return Math.max(2, Math.floor(members / 2) + 1);
}

/** The thresholds that a group can have. */
export function thresholds(members: number): number[] {
  return Array.from({ length: Math.max(0, members - 1) }, (_, i) => i + 2);
}

/** Who can be asked: everybody else whose ceremony key is known here. */
export function invitable(peers: readonly CeremonyPeer[]): CeremonyPeer[] {
  return peers.filter(({ me, key }) => !me && key !== null);
}

/** Why the invitation cannot be sent yet; empty when it can. */
export function inviteFault(label: string, others: number): string {
  const length = [...label.trim()].length;
  if (length === 0) return m.ceremony_invite_no_label();
  if (length > LABEL_MAX) return m.ceremony_invite_long_label({ n: String(LABEL_MAX) });
  if (others === 0) return m.ceremony_invite_nobody();
  return others < MEMBERS_MAX ? '' : m.ceremony_invite_too_many({ n: String(MEMBERS_MAX) });
}

/** How many of the members may be lost or refuse while the others still sign. */
export function spare(members: number, threshold: number): number {
  return Math.max(0, members - threshold);
}
