// What was checked in a ceremony until now, as claims that hold or fail. Pure.

import type { CeremonyDetail, MarkState } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';
import { chargeWords, failureTitle } from './failure';
import { roundTitle } from './rounds';
import { goesOn, nameOf } from './words';

export interface Checked {
  key: string;
  glyph: GlyphName;
  tone: Tone;
  result: string;
  title: string;
  fact: string;
}

const HELD: readonly MarkState[] = ['valid', 'sent'];

/** One line for each round that anybody took part in, then one for everybody who is named. */
export function whatWasChecked(detail: CeremonyDetail): Checked[] {
  const rounds = detail.rounds.flatMap((code, i) => {
    const states = detail.members.flatMap(({ marks }) => marks[i]?.state ?? []);
    const due = states.filter((state) => state !== 'absent');
    const held = due.filter((state) => HELD.includes(state)).length;
    return held === 0 ? [] : [roundLine(detail, code, held, due.length)];
  });
  return [...rounds, ...named(detail)];
}

function roundLine({ threshold, row }: CeremonyDetail, code: string, held: number, all: number): Checked {
  const k = String(held);
  const n = String(all);
  const whole = held === all;
  return {
    key: code,
    glyph: whole ? 'fact' : goesOn(row.state) ? 'progress' : 'notYet',
    tone: whole ? 'verified' : goesOn(row.state) ? 'wait' : 'neutral',
    result: whole ? m.check_holds() : m.ceremony_check_partly(),
    title: claim(code, k, n, String(row.kind === 'create' ? threshold : threshold - 1)),
    fact: '',
  };
}

function claim(code: string, k: string, n: string, points: string): string {
  switch (code) {
    case 'announce':
    case 'commitments':
      return m.ceremony_check_announce({ k, n, points });
    case 'echo':
    case 'ready_echo':
      return m.ceremony_check_echo({ k, n });
    case 'pieces':
    case 'values':
    case 'parts':
      return m.ceremony_check_pieces({ k, n });
    case 'verified':
      return m.ceremony_check_verified({ k, n });
    default:
      return m.ceremony_check_round({ round: roundTitle(code), k, n });
  }
}

function named(detail: CeremonyDetail): Checked[] {
  const { failure } = detail;
  if (failure === null) return [];
  const name = (number: number) => nameOf(detail, number);
  const disputed = failure.culprits.some((culprit) => culprit.disputed);
  const fails = { glyph: 'crossed', tone: 'danger', result: m.check_fails(), fact: '' } as const;
  if (disputed) return [{ ...fails, key: 'disputed', title: failureTitle(failure, name) }];
  return failure.culprits.map((culprit) => ({
    ...fails,
    key: `culprit-${culprit.number}`,
    title: chargeWords(culprit, name),
  }));
}
