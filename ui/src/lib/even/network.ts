// The network as a whole in words: what needs a look, how the weight is spread, what a quorum is. Pure.

import type { EvenAlert, EvenView } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName } from '$lib/status/heartbeat';
import { formatCount } from '$lib/format/numbers';
import { language } from '$lib/i18n/language.svelte';
import { factor, percent, rating } from './say';

/** Votes that hold a quorum, of the denominator: 3·yes > 2·D. */
export const QUORUM_SHARE = 2 / 3;

/** The least weight that is a quorum; the text itself when it is no whole number. */
export function quorumOf(denominator: string): string {
  if (!/^\d+$/.test(denominator)) return denominator;
  return formatCount((BigInt(denominator) * 2n) / 3n + 1n, language.current);
}

/** How widely the weight is spread, in words. */
export function spreadSentence(view: Pick<EvenView, 'effectiveMilli' | 'voting'>): string {
  if (view.voting === 0) return m.even_spread_none();
  return m.even_spread({
    n: factor(view.effectiveMilli / 1_000),
    count: formatCount(view.voting, language.current),
  });
}

export interface AlertFace {
  glyph: GlyphName;
  tone: 'attention' | 'danger';
  text: string;
}

/** An alert of the network in a sentence. */
export function alertFace(alert: EvenAlert): AlertFace {
  const name = alert.label ?? alert.node ?? m.even_alert_somebody();
  switch (alert.code) {
    case 'rating_falls':
      return warn(
        m.even_alert_falls({ name, from: number(alert, 'from', rating), to: number(alert, 'to', rating) }),
      );
    case 'passive':
      return warn(m.even_alert_passive({ name }));
    case 'conflict':
      return warn(m.even_alert_conflict({ name }));
    case 'cap_near':
      return warn(m.even_alert_cap({ name, share: number(alert, 'share', (value) => percent(value, 1)) }));
    case 'equivocation':
      return grave(m.even_alert_equivocation({ name }));
    case 'two_final':
      return grave(m.even_alert_two_final());
    default:
      return warn(m.even_alert_other({ code: alert.code }));
  }
}

const warn = (text: string): AlertFace => ({ glyph: 'attention', tone: 'attention', text });
const grave = (text: string): AlertFace => ({ glyph: 'danger', tone: 'danger', text });

/** A number that came with an alert, as it is said; a dash when it did not come. */
function number(alert: EvenAlert, name: string, say: (value: number) => string): string {
  const text = paramOf(alert, name);
  const value = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? say(value) : '—';
}

export function paramOf(alert: EvenAlert, name: string): string | null {
  return alert.params.find((param) => param.name === name)?.value ?? null;
}

/** Until the next rating by the network's own clock, `sinceMs` after it was told. */
export function untilRating(view: EvenView, sinceMs: number): number {
  return Math.max(0, view.epochStartMs + view.epochLengthMs - view.nowMs - Math.max(0, sinceMs));
}

/** Why a network could not be started or stopped. */
export function evenRefusal(code: string): string {
  switch (code) {
    case 'link_lost':
      return m.reason_no_core();
    case 'invalid_request':
      return m.even_refused_values();
    case 'busy':
      return m.even_refused_busy();
    default:
      return m.even_refused({ code });
  }
}
