// Rounds of a ceremony in words: what is said in each, and how a member's part of it stands. Pure.

import type { CeremonyDetail, MarkState } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';

export interface Face {
  glyph: GlyphName;
  tone: Tone;
  text: string;
}

export const face = (glyph: GlyphName, tone: Tone, text: string): Face => ({ glyph, tone, text });

interface RoundWords {
  /** Head of its column. */
  title: () => string;
  /** What is happening while it lasts. */
  now: () => string;
  /** What a valid message of it means, in two words. */
  valid: () => string;
}

const ANNOUNCE: RoundWords = {
  title: m.ceremony_round_announce,
  now: m.ceremony_now_announce,
  valid: m.ceremony_valid_announce,
};
const PIECES: RoundWords = {
  title: m.ceremony_round_pieces,
  now: m.ceremony_now_pieces,
  valid: m.ceremony_valid_pieces,
};
const CONFIRM: RoundWords = {
  title: m.ceremony_round_confirm,
  now: m.ceremony_now_confirm,
  valid: m.ceremony_valid_confirm,
};
const TEST: RoundWords = {
  title: m.ceremony_round_test,
  now: m.ceremony_now_test,
  valid: m.ceremony_valid_test,
};
const SUMS: RoundWords = {
  title: m.ceremony_round_sums,
  now: m.ceremony_now_sums,
  valid: m.ceremony_valid_sums,
};

/** By the core's code; a few rounds have a long and a short one. */
const ROUNDS: Record<string, RoundWords> = {
  announce: ANNOUNCE,
  commitments: ANNOUNCE,
  echo: { title: m.ceremony_round_echo, now: m.ceremony_now_echo, valid: m.ceremony_valid_echo },
  pieces: PIECES,
  values: PIECES,
  confirm: CONFIRM,
  confirmation: CONFIRM,
  ready: { title: m.ceremony_round_ready, now: m.ceremony_now_ready, valid: m.ceremony_valid_ready },
  ready_echo: {
    title: m.ceremony_round_ready_echo,
    now: m.ceremony_now_ready_echo,
    valid: m.ceremony_valid_echo,
  },
  test: TEST,
  test_shares: TEST,
  verified: {
    title: m.ceremony_round_verified,
    now: m.ceremony_now_verified,
    valid: m.ceremony_valid_verified,
  },
  parts: { title: m.ceremony_round_parts, now: m.ceremony_now_parts, valid: m.ceremony_valid_pieces },
  sum: SUMS,
  sums: SUMS,
  restored: {
    title: m.ceremony_round_restored,
    now: m.ceremony_now_restored,
    valid: m.ceremony_valid_restored,
  },
};

export function roundTitle(code: string): string {
  return ROUNDS[code]?.title() ?? m.ceremony_round_other({ code });
}

/** What happens in a round, as a sentence. */
export function roundSentence(code: string): string {
  return ROUNDS[code]?.now() ?? m.ceremony_now_other({ code });
}

/** How somebody's part of a round stands. Each state has a shape of its own. */
export function markFace(code: string, state: MarkState): Face {
  switch (state) {
    case 'open':
      return face('notYet', 'neutral', m.ceremony_mark_open());
    case 'waiting':
      return face('progress', 'wait', m.ceremony_mark_waiting());
    case 'sent':
      return face('done', 'verified', m.ceremony_mark_sent());
    case 'valid':
      return face('fact', 'verified', ROUNDS[code]?.valid() ?? m.ceremony_mark_valid());
    case 'broken':
      return face('crossed', 'danger', m.ceremony_mark_broken());
    case 'silent':
      return face('attention', 'attention', m.ceremony_mark_silent());
    case 'absent':
      return face('off', 'neutral', m.ceremony_mark_absent());
  }
}

/** The round that is under way or in which it ended: the last that anybody did or missed anything in; null before the first. */
export function reachedRound({ rounds, members }: Pick<CeremonyDetail, 'rounds' | 'members'>): number | null {
  const idle = (state: MarkState | undefined) =>
    state === undefined || state === 'open' || state === 'absent';
  const at = (test: (states: (MarkState | undefined)[]) => boolean) =>
    rounds.findIndex((_, i) => test(members.map(({ marks }) => marks[i]?.state)));
  const troubled = at((states) => states.some((state) => state === 'broken' || state === 'silent'));
  if (troubled >= 0) return troubled;
  const waiting = at((states) => states.includes('waiting'));
  if (waiting >= 0) return waiting;
  const first = at((states) => states.every(idle));
  const reached = (first < 0 ? rounds.length : first) - 1;
  return reached < 0 ? null : reached;
}
