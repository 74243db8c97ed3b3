// Shared keys: how safe the share that lies here is, and which key a ceremony is about. Pure.

import type { CeremonyDetail, SharedKey } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { face, type Face } from './rounds';

/** Whether the share lies here, and whether a backup of it was opened once. */
export function shareFace(key: Pick<SharedKey, 'share' | 'backedUpMs' | 'drilledMs'>): Face {
  if (!key.share) return face('danger', 'danger', m.key_share_missing());
  if (key.backedUpMs === null) return face('attention', 'attention', m.key_share_not_backed_up());
  if (key.drilledMs === null) return face('attention', 'attention', m.key_share_not_drilled());
  return face('fact', 'verified', m.key_share_safe());
}

/**
 * The key that came out of a ceremony, or that it is for; null while there is none, and after a later refresh gave it another
 * group: a name alone does not tell keys apart.
 */
export function keyOf(keys: readonly SharedKey[], { row, outcome }: CeremonyDetail): SharedKey | null {
  const group = outcome ?? row.group;
  return keys.find((key) => key.group === group) ?? null;
}
