// Steps on a way, for a timeline: what has happened is solid, what is to come dashed. Pure.

import type { PathStep } from '$lib/api';
import type { GlyphName, Tone } from '$lib/status/heartbeat';

export interface Step {
  key: string;
  glyph: GlyphName;
  tone: Tone;
  /** What it is. */
  title: string;
  /** How far it is, its time or its number. */
  detail: string;
  /** Where the detail leads. */
  href?: string | undefined;
  /** When it was done, Unix ms. */
  atMs?: number | undefined;
  /** Done: the line up to the next step is solid. */
  done: boolean;
  /** Share done of a step that is under way, 0 to 1. */
  share?: number | undefined;
}

export interface StepFace {
  glyph: GlyphName;
  tone: Tone;
  done: boolean;
}

export const DONE: StepFace = { glyph: 'done', tone: 'verified', done: true };
export const NOW: StepFace = { glyph: 'progress', tone: 'wait', done: false };
export const LATER: StepFace = { glyph: 'notYet', tone: 'neutral', done: false };

/** How a step of the core is drawn; anything unknown has not happened. */
export function stepFace(state: string): StepFace {
  if (state === 'done') return DONE;
  return state === 'now' ? NOW : LATER;
}

/** What the caller says of a step beside its state. */
export type Said = Pick<Step, 'title' | 'detail'> & Partial<Pick<Step, 'glyph' | 'tone' | 'href' | 'share'>>;

/** The core's steps as a timeline; `say` gives the words. */
export function timeline(steps: readonly PathStep[], say: (step: PathStep) => Said): Step[] {
  return steps.map((step) => ({
    key: step.code,
    ...stepFace(step.state),
    ...(step.atMs === null ? {} : { atMs: step.atMs }),
    ...say(step),
  }));
}

/** How much of the line that leads on from step `i` is solid: what is done of the next one. */
export function lineShare(steps: readonly Step[], i: number): number {
  const next = steps[i + 1];
  if (next === undefined || steps[i]?.done !== true) return 0;
  return next.done ? 1 : (next.share ?? 0);
}

/** How long it took from step `i` to the next, ms; null unless both are done at known times. */
export function tookMs(steps: readonly Step[], i: number): number | null {
  const [from, to] = [steps[i], steps[i + 1]];
  if (!from?.done || !to?.done || from.atMs === undefined || to.atMs === undefined) return null;
  return Math.max(0, to.atMs - from.atMs);
}

/** For one line of text: how many are done, and the step that is under way or was the last. */
export function progress(steps: readonly Step[]): { done: number; all: number; now: string } {
  const done = steps.filter((step) => step.done).length;
  const here = steps.find((step) => !step.done && step.tone !== 'neutral') ?? steps[Math.max(0, done - 1)];
  return { done, all: steps.length, now: here?.title ?? '' };
}
