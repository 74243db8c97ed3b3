// Watchmen in words: whether one is there, counts, or is suspected. Pure.

import type { MemberRow } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';

export interface MemberFace {
  glyph: GlyphName;
  tone: Tone;
  text: string;
  /** Why, where the state needs a reason; empty where it does not. */
  reason: string;
}

/** How a watchman stands; the gravest first. */
export function memberFace(member: MemberRow, nowMs: number): MemberFace {
  if (member.accused)
    return {
      glyph: 'danger',
      tone: 'danger',
      text: m.roster_state_accused(),
      reason: m.roster_accused_long(),
    };
  if (member.quarantineUntilMs !== null && member.quarantineUntilMs > nowMs)
    return { glyph: 'held', tone: 'wait', text: m.roster_state_quarantine(), reason: '' };
  if (member.isMe) return { glyph: 'fact', tone: 'verified', text: m.roster_state_me(), reason: '' };
  if (member.up) return { glyph: 'done', tone: 'verified', text: m.roster_state_up(), reason: '' };
  return {
    glyph: 'off',
    tone: 'neutral',
    text: m.roster_state_down(),
    reason: member.trouble === null ? '' : troubleWords(member.trouble),
  };
}

function troubleWords(code: string): string {
  switch (code) {
    case 'no_address':
      return m.roster_trouble_no_address();
    case 'unresolved':
      return m.roster_trouble_unresolved();
    case 'unreachable':
      return m.roster_trouble_unreachable();
    case 'other_identity':
      return m.roster_trouble_identity();
    case 'turned_away':
      return m.roster_trouble_turned_away();
    case 'silent':
      return m.roster_trouble_silent();
    case 'gone':
      return m.roster_trouble_gone();
    case 'shut_out':
      return m.roster_trouble_shut_out();
    default:
      return m.roster_trouble_other({ code });
  }
}
