import { describe, expect, it } from 'vitest';
import type { PathStep } from '$lib/api';
import { lineShare, progress, tookMs } from '$lib/path/steps';
import { withdrawalPath } from './path';

const step = (
  code: string,
  state: string,
  atMs: number | null = null,
  fact: string | null = null,
): PathStep => ({
  code,
  state,
  atMs,
  fact,
});
const way = (signing = 'now', fact: string | null = null): PathStep[] => [
  step('accepted', 'done', 1_000),
  step('batched', 'done', 61_000),
  step('confirmed', 'done', 121_000),
  step('signing', signing, null, fact),
  step('paid', 'to_come'),
  step('final', 'to_come'),
];

describe('the way of a withdrawal', () => {
  it('takes the acceptance for a claim until its batch is verified here', () => {
    const handedIn = [step('accepted', 'done'), step('batched', 'now', null, 'Qx7')];
    expect(withdrawalPath(handedIn)[0]).toMatchObject({ glyph: 'claim', tone: 'claim' });
    const glyphs = withdrawalPath(way()).map(({ glyph }) => glyph);
    expect(glyphs).toEqual(['done', 'done', 'done', 'progress', 'notYet', 'notYet']);
  });

  it('fills the line by the signatures, where somebody here knows them', () => {
    const steps = withdrawalPath(way('now', '1/2'));
    expect(lineShare(steps, 2)).toBe(0.5);
    expect(steps[3]?.detail).toContain('1');
    expect(lineShare(withdrawalPath(way()), 2)).toBe(0);
  });

  it('fills the line by the blocks while it is not deep enough', () => {
    const young = [step('batched', 'done', 1_000, 'Qx7'), step('confirmed', 'now', null, '3/12')];
    expect(lineShare(withdrawalPath(young), 0)).toBe(0.25);
    expect(withdrawalPath(young)[1]?.detail).toMatch(/3.*12/);
  });

  it('never draws a line as proven beyond a step that is not done', () => {
    const steps = withdrawalPath(way('to_come', '2/2'));
    expect(lineShare(steps, 3)).toBe(0);
    expect(lineShare(steps, 5)).toBe(0);
  });

  it('says how long a step took when both ends are known', () => {
    const steps = withdrawalPath(way());
    expect(tookMs(steps, 0)).toBe(60_000);
    expect(tookMs(steps, 2)).toBeNull();
  });

  it('is told in one line', () => {
    const { done, all, now } = progress(withdrawalPath(way()));
    expect([done, all]).toEqual([3, 6]);
    expect(now).toBe(withdrawalPath(way())[3]?.title);
  });

  it('ends with the refusal of the ledger, by its code', () => {
    const steps = withdrawalPath([step('accepted', 'done'), step('refused', 'now', null, 'err_balance')]);
    expect(steps[1]).toMatchObject({ glyph: 'danger', tone: 'danger', done: false });
    expect(steps[1]?.detail).toContain('err_balance');
  });

  it('shows a step that it does not know by its code', () =>
    expect(withdrawalPath([step('audited', 'now')])[0]?.title).toBe('audited'));
});
