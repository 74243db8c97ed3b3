// The way of a ceremony from the invitation to the tested address, as steps of a wizard. Pure.

import type { CeremonyDetail, SessionRow, SharedKey } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { DONE, LATER, NOW, type Step, type StepFace } from '$lib/path/steps';
import { joinedHere, uncompared } from './headline';
import { reachedRound } from './rounds';

type Said = Pick<Step, 'title' | 'detail'> & StepFace;
type Steps = Record<string, Said>;

/** Steps with what is known of each; `key` is the key that came out or that the task is for. */
export function ceremonySteps(
  detail: CeremonyDetail,
  key: SharedKey | null,
  sessions: readonly SessionRow[],
): Step[] {
  const compares = detail.row.kind === 'create' || uncompared(detail) > 0;
  const parts: Steps = {
    invite: { ...DONE, title: inviteTitle(detail), detail: joined(detail) },
    ...(compares ? { compare: compareStep(detail) } : {}),
    run: runStep(detail),
    backup: backupStep(detail, key),
    ...(detail.row.kind === 'create' ? { address: addressStep(detail, sessions) } : {}),
  };
  return Object.entries(parts).map(([key, said]) => ({ key, ...said }));
}

/** The same before anybody is invited. */
export function newSteps(): Step[] {
  const titles = {
    invite: m.ceremony_step_invite(),
    compare: m.ceremony_step_compare(),
    run: m.ceremony_step_generate(),
    backup: m.ceremony_step_backup(),
    address: m.ceremony_step_address(),
  };
  return Object.entries(titles).map(([key, title]) =>
    key === 'invite'
      ? { key, ...NOW, title, detail: m.watch_step_now() }
      : { key, ...LATER, title, detail: m.ceremony_step_later() },
  );
}

function inviteTitle({ row }: CeremonyDetail): string {
  return row.kind === 'create' ? m.ceremony_step_invite() : m.ceremony_step_ask();
}

function joined({ members }: CeremonyDetail): string {
  const k = members.filter((member) => member.joined).length;
  return m.ceremony_step_joined({ k: String(k), n: String(members.length) });
}

function compareStep(detail: CeremonyDetail): Said {
  const title = m.ceremony_step_compare();
  const others = detail.members.filter(({ compared }) => compared !== null).length;
  const left = uncompared(detail);
  const done = left === 0 && joinedHere(detail);
  const said = m.ceremony_step_compared({ k: String(others - left), n: String(others) });
  if (detail.row.state === 'invited' || detail.row.state === 'comparing')
    return { ...(done ? DONE : NOW), title, detail: said };
  return { ...(left === 0 ? DONE : LATER), title, detail: said };
}

function runTitle({ row }: CeremonyDetail): string {
  switch (row.kind) {
    case 'create':
      return m.ceremony_step_generate();
    case 'refresh':
    case 'remove':
      return m.ceremony_step_new_shares();
    case 'repair':
      return m.ceremony_step_restore();
  }
}

function runStep(detail: CeremonyDetail): Said {
  const title = runTitle(detail);
  const reached = reachedRound(detail);
  const round = { i: String((reached ?? 0) + 1), n: String(detail.rounds.length) };
  switch (detail.row.state) {
    case 'invited':
    case 'comparing':
      return { ...LATER, title, detail: m.ceremony_step_later() };
    case 'running':
      return {
        ...NOW,
        title,
        detail: reached === null ? m.ceremony_state_running() : m.ceremony_step_round(round),
      };
    case 'inDoubt':
      return {
        glyph: 'attention',
        tone: 'attention',
        done: false,
        title,
        detail: m.ceremony_state_in_doubt(),
      };
    case 'done':
      return { ...DONE, title, detail: m.ceremony_state_done() };
    case 'failed':
      return {
        glyph: 'danger',
        tone: 'danger',
        done: false,
        title,
        detail: reached === null ? m.ceremony_state_failed() : m.ceremony_step_stopped_in(round),
      };
    case 'stopped':
      return { glyph: 'held', tone: 'neutral', done: false, title, detail: m.ceremony_state_stopped() };
  }
}

function backupStep({ row }: CeremonyDetail, key: SharedKey | null): Said {
  const title = m.ceremony_step_backup();
  if (row.state !== 'done' || key === null) return { ...LATER, title, detail: m.ceremony_step_later() };
  if (key.drilledMs !== null) return { ...DONE, title, detail: m.ceremony_step_backup_tested() };
  return {
    ...NOW,
    title,
    detail: key.backedUpMs === null ? m.ceremony_step_backup_missing() : m.ceremony_step_backup_untested(),
  };
}

/** A spend that was signed proves the address; no chain is asked here. */
function addressStep({ row, outcome }: CeremonyDetail, sessions: readonly SessionRow[]): Said {
  const title = m.ceremony_step_address();
  if (row.state !== 'done' || outcome === null) return { ...LATER, title, detail: m.ceremony_step_later() };
  const spent = sessions.some(({ group, state }) => group === outcome && state === 'signed');
  return spent
    ? { ...DONE, title, detail: m.ceremony_step_address_spent() }
    : { ...NOW, title, detail: m.ceremony_step_address_open() };
}
