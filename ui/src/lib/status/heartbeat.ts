// What the heartbeat says: one glyph, one tone and one sentence for the worst thing that is the case. Pure.

import type { CoordinatorState, Status } from '$lib/api';
import { ruleName } from '$lib/alerts/rules';
import { count, money, since } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';

export type Tone = 'verified' | 'wait' | 'attention' | 'danger' | 'claim' | 'neutral';
export type GlyphName =
  | 'fact'
  | 'claim'
  | 'crossed'
  | 'done'
  | 'progress'
  | 'attention'
  | 'danger'
  | 'held'
  | 'off'
  | 'notYet'
  | 'watching'
  | 'filling';

export interface Beat {
  glyph: GlyphName;
  tone: Tone;
  sentence: string;
  /** Changes exactly when the state changes, not with ages and counts: what is announced. */
  kind: string;
  /** Share done, for the filling ring. */
  done?: number;
}

export interface LinkState {
  link: 'connecting' | 'up' | 'starting' | 'lost' | 'noSession';
  lostMs: number | null;
}

const notYet = (): Beat => ({
  glyph: 'notYet',
  tone: 'neutral',
  sentence: m.beat_starting(),
  kind: 'starting',
});

/**
 * Judges link and status together; a lost core is worse than anything it said before. `leftMs` is what catching up will
 * still take, `worstCode` the code of the worst alert, both where they are known.
 */
export function beat(
  status: Status | null,
  link: LinkState,
  leftMs: number | null = null,
  worstCode = '',
): Beat {
  if (link.link === 'lost')
    return {
      glyph: 'attention',
      tone: 'attention',
      sentence: link.lostMs === null ? m.beat_lost_now() : m.beat_lost({ duration: since(link.lostMs) }),
      kind: 'lost',
    };
  if (link.link === 'noSession')
    return { glyph: 'attention', tone: 'attention', sentence: m.beat_no_session(), kind: 'noSession' };
  if (status === null) return notYet();
  return alarm(status, worstCode) ?? trouble(status) ?? calm(status, leftMs);
}

function alarm(status: Status, worstCode: string): Beat | null {
  const rule = status.worstRule;
  const named = rule === null ? '' : `${rule} ${ruleName(rule, worstCode)}`.trim();
  if (status.watching === 'fraudProven')
    return {
      glyph: 'danger',
      tone: 'danger',
      sentence: rule === null ? m.beat_fraud() : m.beat_fraud_rule({ rule: named }),
      kind: `fraud ${rule}`,
    };
  if (status.watching === 'vaultShort')
    return { glyph: 'danger', tone: 'danger', sentence: shortSentence(status), kind: 'vaultShort' };
  if (status.alertsCritical === 0) return null;
  return {
    glyph: 'danger',
    tone: 'danger',
    sentence: rule === null ? m.beat_critical() : m.beat_critical_rule({ rule: named }),
    kind: `critical ${rule}`,
  };
}

/** One token is named with what is missing; several are counted. */
function shortSentence(status: Status): string {
  const [first, ...others] = status.vaultsShort;
  if (first === undefined) return m.beat_vault_short();
  if (others.length > 0) return m.beat_vaults_short({ count: count(status.vaultsShort.length) });
  return m.beat_vault_short_by({ amount: money(first.shortfall, first.decimals, first.symbol) });
}

function trouble(status: Status): Beat | null {
  const say = (sentence: string): Beat => ({
    glyph: 'attention',
    tone: 'attention',
    sentence,
    kind: status.watching,
  });
  switch (status.watching) {
    case 'sourcesDisagree':
      return say(
        m.beat_disagree({ agreeing: count(status.sourcesAgreeing), all: count(status.sources.length) }),
      );
    case 'coordinatorSilent':
      return say(
        status.coordinatorSeenMs === null
          ? m.beat_coordinator_never()
          : m.beat_coordinator_silent({ duration: since(status.coordinatorSeenMs) }),
      );
    case 'noSource': {
      const heard = lastHeard(status);
      return say(heard === null ? m.beat_no_source() : m.beat_nothing_heard({ duration: since(heard) }));
    }
    case 'unfinished':
      return say(m.beat_unfinished({ reason: unfinishedReason(status.unfinished?.code ?? '') }));
    default:
      return null;
  }
}

function calm(status: Status, leftMs: number | null): Beat {
  if (status.watching === 'starting') return notYet();
  if (status.watching !== 'catchingUp')
    return { glyph: 'watching', tone: 'verified', sentence: m.beat_watching(), kind: 'watching' };
  const all = status.batches + status.lagBatches;
  const parts = { done: count(status.batches), all: count(all) };
  return {
    glyph: 'filling',
    tone: 'wait',
    sentence:
      leftMs === null
        ? m.beat_catching_up(parts)
        : m.beat_catching_up_left({ ...parts, minutes: count(Math.max(1, Math.round(leftMs / 60_000))) }),
    kind: 'catchingUp',
    done: all === 0 ? 0 : status.batches / all,
  };
}

/** When any source last answered. */
export function lastHeard(status: Status): number | null {
  const heard = status.sources.flatMap((source) => (source.seenMs === null ? [] : [source.seenMs]));
  return heard.length === 0 ? null : Math.max(...heard);
}

/** Why the core cannot finish, in words. */
export function unfinishedReason(code: string): string {
  switch (code) {
    case 'no_source':
      return m.unfinished_no_source();
    case 'gap':
      return m.unfinished_gap();
    case 'altered':
      return m.unfinished_altered();
    case 'forged':
      return m.unfinished_forged();
    case 'conflict':
      return m.unfinished_conflict();
    case 'disagreement':
      return m.unfinished_disagreement();
    case 'store':
      return m.unfinished_store();
    case 'no_rules':
      return m.unfinished_no_rules();
    case 'undecidable':
      return m.unfinished_undecidable();
    default:
      return m.unfinished_other({ code });
  }
}

/** The coordinator's readout. */
export function coordinatorBeat(state: CoordinatorState): Omit<Beat, 'kind'> {
  switch (state) {
    case 'sameRoot':
      return { glyph: 'fact', tone: 'verified', sentence: m.coordinator_same_root() };
    case 'otherRoot':
      return { glyph: 'crossed', tone: 'danger', sentence: m.coordinator_other_root() };
    case 'silent':
      return { glyph: 'off', tone: 'attention', sentence: m.coordinator_silent() };
    case 'notConfigured':
      return { glyph: 'notYet', tone: 'neutral', sentence: m.coordinator_not_configured() };
    case 'notKnownYet':
      return { glyph: 'notYet', tone: 'neutral', sentence: m.coordinator_not_known_yet() };
  }
}
