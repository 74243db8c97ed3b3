import { describe, expect, it } from 'vitest';
import type { EvenAlert, EvenNodeRow, EvenView } from '$lib/api';
import { statusFace, statusMeaning } from './messages';
import { alertFace, quorumOf, spreadSentence, untilRating } from './network';
import { forecastSentence, reasonLines, stakeFactor, trendText, whySentence } from './words';

const row = (change: Partial<EvenNodeRow>): EvenNodeRow => ({
  rank: 2,
  node: 'ab',
  label: 'kestrel',
  kind: 'honest',
  state: 'active',
  rating: 0.784,
  literal: 0.262,
  d: 0.262,
  exchange: 0.00772,
  stake: 0.01256,
  accuracy: 1,
  capacity: 212,
  speed: 3,
  activity: 400,
  stakeUnits: '12560000000000',
  weight: '15500',
  weightPpm: 15_500,
  trend: 0.023,
  history: [0.71, 0.784],
  forecast: null,
  leader: false,
  muted: false,
  watched: false,
  ...change,
});
const alert = (code: string, params: Record<string, string> = {}): EvenAlert => ({
  code,
  node: 'ab',
  label: 'kestrel',
  sinceMs: 0,
  params: Object.entries(params).map(([name, value]) => ({ name, value })),
});

describe('why a node rates as it does', () => {
  it('turns d into a factor of the stake by its own definition', () => {
    // At balance S = K^(1/(1−K)); d is half the logarithm of S over that.
    const k = 0.00772;
    const balanced = k ** (1 / (1 - k));
    const d = (Math.log(3 * balanced) + Math.log(k) / (k - 1)) / 2;
    expect(stakeFactor(d)).toBeCloseTo(3, 10);
  });
  it('says which side is heavy and by how much', () => {
    expect(whySentence(row({}))).toContain('1.7 times');
    expect(whySentence(row({ d: -0.4 }))).toContain('2.2 times');
    expect(whySentence(row({ d: 0.4 }))).not.toBe(whySentence(row({ d: -0.4 })));
  });
  it('names missing audits beside it, rounded down', () => {
    expect(whySentence(row({ accuracy: 0.979 }))).toMatch(/97\s%/);
    expect(whySentence(row({}))).not.toContain('%');
  });
  it('puts silence, no stake and a proven offence before any balance', () => {
    const said = [
      row({ state: 'passive', d: null }),
      row({ state: 'noStake', d: null }),
      row({ muted: true }),
    ].map(whySentence);
    expect(new Set(said).size).toBe(3);
    said.forEach((text) => expect(text).not.toContain('times'));
  });
  it('adds only reasons that the sentence does not hold, unknown ones by their code', () => {
    const reason = (code: string) => ({ code, subject: '' });
    expect(reasonLines([reason('stake_heavy'), reason('leader')])).toHaveLength(1);
    expect(reasonLines([reason('new_thing')])[0]).toContain('new_thing');
  });
  it('never calls the rating trust, power or quality', () => {
    const said = [row({}), row({ d: -2 }), row({ d: 0 }), row({ state: 'passive' })]
      .map(whySentence)
      .join(' ');
    expect(said).not.toMatch(/trust|power|quality/i);
  });
});

describe('forecast and trend', () => {
  it('names band and model, or why there is none', () => {
    const forecast = { status: 'ok', model: 'poly1', value: 0.789, low: 0.742, high: 0.837 };
    expect(forecastSentence(forecast)).toContain('0.742');
    expect(forecastSentence({ ...forecast, status: 'hold' })).not.toContain('0.742');
    expect(forecastSentence({ ...forecast, status: 'stale' })).not.toBe(forecastSentence(null));
  });
  it('is a sentence for readers', () => {
    expect(trendText([0.71, 0.8, 0.784])).toContain('0.710');
    expect(trendText([])).not.toContain('0.');
  });
});

describe('the network in words', () => {
  it('has more than two thirds as the least quorum', () => {
    expect(quorumOf('9')).toBe('7');
    expect(quorumOf('10')).toBe('7');
    expect(quorumOf('750000000000000000000')).toBe('500,000,000,000,000,000,001');
  });
  it('says how many equal nodes the weight amounts to', () => {
    expect(spreadSentence({ effectiveMilli: 7_250, voting: 40 })).toContain('7.2');
    expect(spreadSentence({ effectiveMilli: 0, voting: 0 })).not.toContain('0.0');
  });
  it('says alerts with their numbers and does not invent missing ones', () => {
    expect(alertFace(alert('rating_falls', { from: '0.91', to: '0.7' })).text).toMatch(/0\.910.*0\.700/);
    expect(alertFace(alert('rating_falls')).text).toContain('—');
    expect(alertFace(alert('cap_near', { share: '0.2689' })).text).toMatch(/26\.8\s%/);
    expect(alertFace(alert('equivocation')).tone).toBe('danger');
    expect(alertFace(alert('new_thing')).text).toContain('new_thing');
  });
  it('counts down by the clock of the network', () => {
    const view = { epochStartMs: 1_000, epochLengthMs: 10_000, nowMs: 4_000 } as EvenView;
    expect([untilRating(view, 0), untilRating(view, 2_500), untilRating(view, 99_000)]).toEqual([
      7_000, 4_500, 0,
    ]);
  });
});

describe('the status of a message', () => {
  it('calls nothing but final settled', () => {
    expect(statusFace('final').tone).toBe('verified');
    for (const status of ['received', 'certified', 'fast', 'rejected', 'odd'])
      expect(statusFace(status).tone).not.toBe('verified');
  });
  it('says that fast is a hint', () => {
    expect(statusFace('fast').text).toContain('hint');
    expect(statusMeaning({ status: 'fast', finalityMs: null })).not.toBe(
      statusMeaning({ status: 'certified', finalityMs: null }),
    );
  });
});
