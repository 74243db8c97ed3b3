// Keys in words. Pure.

import type { KeyRow } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';
import { passwordStrength, type Strength } from './strength';

/** What kind of key it is and where it lies. */
export function keyKind({ kind }: Pick<KeyRow, 'kind'>): string {
  switch (kind) {
    case 'evm':
      return m.keystore_kind_evm();
    case 'arweave':
      return m.keystore_kind_arweave();
    case 'share':
      return m.keystore_kind_share();
    default:
      return kind;
  }
}

/** A name that no key has yet: `Account 2`. */
export function freeLabel(rows: readonly KeyRow[]): string {
  const taken = new Set(rows.map((row) => row.label));
  for (let n = 1; ; n += 1) {
    const label = m.keystore_label_free({ n: String(n) });
    if (!taken.has(label)) return label;
  }
}

export function strengthFace(strength: Strength): { glyph: GlyphName; tone: Tone; text: string } {
  switch (strength) {
    case 'short':
      return { glyph: 'notYet', tone: 'neutral', text: m.keystore_strength_short() };
    case 'weak':
      return { glyph: 'attention', tone: 'attention', text: m.keystore_strength_weak() };
    case 'fair':
      return { glyph: 'progress', tone: 'wait', text: m.keystore_strength_fair() };
    case 'good':
      return { glyph: 'done', tone: 'verified', text: m.keystore_strength_good() };
    case 'strong':
      return { glyph: 'done', tone: 'verified', text: m.keystore_strength_strong() };
  }
}

/** Why a new password cannot be taken yet; empty when it can. */
export function newPasswordFault(password: string, again: string): string {
  if (passwordStrength(password) === 'short') return m.keystore_strength_short();
  return password === again ? '' : m.keystore_password_type_again();
}
