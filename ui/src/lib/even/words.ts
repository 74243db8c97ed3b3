// Nodes in words: what they are, why they rank where they do, where they are heading. The rating is never called trust, power or
// quality: it says balance. Pure.

import type { EvenForecast, EvenNodeRow, EvenSort, Reason } from '$lib/api';
import { count, sentences } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';
import { factor, percent, rating } from './say';

export interface Face {
  glyph: GlyphName;
  tone: Tone;
  text: string;
}

/** The state of a node, where it is not simply active. */
export function nodeFace(row: Pick<EvenNodeRow, 'state' | 'muted'>): Face | null {
  if (row.muted) return { glyph: 'held', tone: 'danger', text: m.even_state_muted() };
  switch (row.state) {
    case 'active':
      return null;
    case 'passive':
      return { glyph: 'off', tone: 'neutral', text: m.even_state_passive() };
    case 'noStake':
      return { glyph: 'notYet', tone: 'neutral', text: m.even_state_no_stake() };
    default:
      return { glyph: 'attention', tone: 'attention', text: row.state };
  }
}

/** What a practice network told a node to be; null for one that simply follows the rules. */
export function kindWord(kind: string): string | null {
  switch (kind) {
    case '':
    case 'honest':
      return null;
    case 'passive':
      return m.even_kind_passive();
    case 'double-spend':
      return m.even_kind_double();
    case 'withhold':
      return m.even_kind_withholding();
    case 'equivocate':
      return m.even_kind_equivocating();
    case 'whale':
      return m.even_kind_whale();
    case 'super-pool':
      return m.even_kind_pool();
    case 'sybil':
      return m.even_kind_sybil();
    default:
      return kind;
  }
}

/** Nearer to balance than this is balanced for people: the rating is above 0.99. */
const NEAR = 0.05;

/** How many times the stake is of what would balance the exchange; e^(2d) by the definition of d. */
export function stakeFactor(d: number): number {
  return Math.exp(2 * d);
}

/** One sentence: why the rating is what it is. */
export function whySentence(row: EvenNodeRow): string {
  if (row.muted) return m.even_why_muted();
  if (row.state === 'passive') return m.even_why_passive();
  if (row.state === 'noStake') return m.even_why_no_stake();
  if (row.d === null) return m.even_why_unknown();
  const served = row.accuracy < 1 ? m.even_why_blanks({ percent: percent(row.accuracy, 0) }) : null;
  if (Math.abs(row.d) < NEAR) return sentences(m.even_why_balanced(), served);
  const n = factor(stakeFactor(Math.abs(row.d)));
  return sentences(row.d > 0 ? m.even_why_stake({ n }) : m.even_why_exchange({ n }), served);
}

/** What follows beside the sentence: the reasons that it does not hold. */
export function reasonLines(reasons: readonly Reason[]): string[] {
  return reasons.flatMap(({ code }) => {
    switch (code) {
      case 'clipped':
        return [m.even_reason_clipped()];
      case 'leader':
        return [m.even_reason_leader()];
      case 'balanced':
      case 'exchange_heavy':
      case 'stake_heavy':
      case 'blanks':
      case 'passive':
      case 'no_stake':
      case 'muted':
        return [];
      default:
        return [m.even_reason_other({ code })];
    }
  });
}

/** The place by weight, and how the rating stands in words. */
export function rankLine(row: EvenNodeRow, total: number): string {
  return m.even_rank({ rank: count(row.rank), total: count(total) });
}

export function modelWord(model: string): string {
  switch (model) {
    case 'last':
      return m.even_model_last();
    case 'poly0':
      return m.even_model_mean();
    case 'poly1':
      return m.even_model_line();
    case 'poly2':
      return m.even_model_square();
    case 'poly3':
      return m.even_model_cube();
    default:
      return model;
  }
}

/** The forecast in a sentence; without enough or fresh points it says so. */
export function forecastSentence(forecast: EvenForecast | null): string {
  if (forecast === null || forecast.status === 'hold') return m.even_forecast_hold();
  if (forecast.status === 'stale') return m.even_forecast_stale();
  return m.even_forecast_band({
    low: rating(forecast.low),
    high: rating(forecast.high),
    model: modelWord(forecast.model),
  });
}

/** A forecast that may be shown with its band. */
export function isForecast(forecast: EvenForecast | null): forecast is EvenForecast {
  return forecast !== null && forecast.status === 'ok';
}

/** The way of a rating for readers. */
export function trendText(history: readonly number[]): string {
  const [first] = history;
  const last = history.at(-1);
  if (first === undefined || last === undefined) return m.even_trend_none();
  return m.even_trend_text({
    from: rating(first),
    to: rating(last),
    n: history.length,
    count: count(history.length),
  });
}

/** The side to which a node leans, for readers. */
export function leanText(d: number | null): string {
  if (d === null) return m.even_lean_none();
  if (Math.abs(d) < NEAR) return m.even_lean_balanced();
  const n = factor(stakeFactor(Math.abs(d)));
  return d > 0 ? m.even_lean_stake({ n }) : m.even_lean_exchange({ n });
}

/** Names of the columns. */
export function columnName(sort: EvenSort): string {
  switch (sort) {
    case 'label':
      return m.even_column_node();
    case 'rating':
      return m.even_column_rating();
    case 'trend':
      return m.even_column_trend();
    case 'forecast':
      return m.even_column_forecast();
    case 'balance':
      return m.even_column_balance();
    case 'exchange':
      return m.even_column_exchange();
    case 'stake':
      return m.even_column_stake();
    case 'weight':
      return m.even_column_weight();
    case 'accuracy':
      return m.even_column_served();
    case 'capacity':
      return m.even_column_capacity();
    case 'speed':
      return m.even_column_speed();
    case 'activity':
      return m.even_column_activity();
    case 'literal':
      return m.even_column_literal();
  }
}
