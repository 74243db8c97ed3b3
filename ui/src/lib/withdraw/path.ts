// The way of a withdrawal to its payment, in words. Pure.

import type { PathStep } from '$lib/api';
import { clockTime, count } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';
import { timeline, type Said, type Step } from '$lib/path/steps';

/** Its steps, with the words of each. */
export function withdrawalPath(steps: readonly PathStep[]): Step[] {
  const verified = steps.some((step) => step.code === 'batched' && step.state === 'done');
  return timeline(steps, (step) => {
    const said: Said = { title: title(step.code), detail: detail(step) };
    const share = step.state === 'now' ? parts(step)?.share : undefined;
    if (step.code === 'refused') return { ...said, glyph: 'danger', tone: 'danger' };
    // Until it is verified here, that it was accepted is the coordinator's word.
    if (step.code === 'accepted' && step.state === 'done' && !verified)
      return { ...said, glyph: 'claim', tone: 'claim' };
    return share === undefined ? said : { ...said, share };
  });
}

function title(code: string): string {
  switch (code) {
    case 'accepted':
      return m.withdraw_step_accepted();
    case 'batched':
      return m.withdraw_step_batched();
    case 'confirmed':
      return m.withdraw_step_confirmed();
    case 'signing':
      return m.withdraw_step_signing();
    case 'paid':
      return m.withdraw_step_paid();
    case 'final':
      return m.withdraw_step_final();
    case 'refused':
      return m.withdraw_step_refused();
    default:
      return code;
  }
}

function detail(step: PathStep): string {
  if (step.state === 'to_come') return m.path_not_yet();
  const counted = parts(step);
  if (step.state === 'done' && step.atMs !== null) return clockTime(step.atMs, true);
  if (counted !== null) {
    const { had, needed } = counted;
    if (step.code === 'confirmed')
      return m.path_blocks({ had: count(Math.min(had, needed)), needed: count(needed) });
    return m.withdraw_signed_of({ signed: count(had), needed: count(needed) });
  }
  if (step.code === 'refused') return m.face_code({ code: step.fact ?? '' });
  return step.state === 'done' ? m.withdraw_step_done() : m.withdraw_step_now();
}

/** A fact `had/needed`, and the share of it; null when the fact is something else. */
function parts({ fact }: PathStep): { had: number; needed: number; share: number } | null {
  const match = /^(\d{1,15})\/(\d{1,15})$/.exec(fact ?? '');
  if (!match) return null;
  const [had, needed] = [Number(match[1]), Number(match[2])];
  return { had, needed, share: needed === 0 ? 1 : Math.min(1, had / needed) };
}
