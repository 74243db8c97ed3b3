// The sentence that heads a ceremony, with what it means. Pure.

import type { CeremonyDetail } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { failureMeaning, failureTitle } from './failure';
import type { Face } from './rounds';
import { nameOf, stateFace } from './words';

export interface Headline extends Omit<Face, 'text'> {
  title: string;
  text: string;
}

/** Whether this computer has said that it takes part. */
export function joinedHere({ members }: Pick<CeremonyDetail, 'members'>): boolean {
  return members.some(({ member, joined }) => member.me && joined);
}

/** The others whose words nobody here compared yet. */
export function uncompared({ members }: Pick<CeremonyDetail, 'members'>): number {
  return members.filter(({ compared }) => compared === false).length;
}

export function headline(detail: CeremonyDetail): Headline {
  const { glyph, tone } = stateFace(detail.row.state);
  return { glyph, tone, ...said(detail) };
}

function said(detail: CeremonyDetail): { title: string; text: string } {
  const { row, failure } = detail;
  const name = (number: number) => nameOf(detail, number);
  switch (row.state) {
    case 'invited':
      if (detail.members.some(({ member }) => member.me && member.number === detail.proposer))
        return comparing(detail);
      return {
        title: asks(detail),
        text: row.kind === 'create' ? m.ceremony_invited_text() : purpose(detail),
      };
    case 'comparing':
      return comparing(detail);
    case 'running':
      return { title: running(detail), text: purpose(detail) };
    case 'inDoubt':
      return { title: m.ceremony_in_doubt(), text: m.ceremony_in_doubt_text() };
    case 'done':
      return {
        title: done(detail),
        text: row.kind === 'create' ? m.ceremony_done_text() : afterTask(detail),
      };
    case 'failed':
      return {
        title: failure === null ? m.ceremony_failed_unknown() : failureTitle(failure, name),
        text: failureMeaning(detail),
      };
    case 'stopped':
      return {
        title: failure === null ? m.ceremony_stopped() : failureTitle(failure, name),
        text: failureMeaning(detail),
      };
  }
}

function asks(detail: CeremonyDetail): string {
  const parts = { name: nameOf(detail, detail.proposer), label: detail.row.label };
  switch (detail.row.kind) {
    case 'create':
      return m.ceremony_asks_create(parts);
    case 'refresh':
      return m.ceremony_asks_refresh(parts);
    case 'remove':
      return m.ceremony_asks_remove(parts);
    case 'repair':
      return m.ceremony_asks_repair(parts);
  }
}

function comparing(detail: CeremonyDetail): { title: string; text: string } {
  if (joinedHere(detail)) {
    const waiting = detail.members.filter(({ joined }) => !joined).map(({ member }) => member.number);
    return {
      title: m.ceremony_waits_for_others({ n: waiting.length, count: String(waiting.length) }),
      text: m.ceremony_waits_for_others_text(),
    };
  }
  const left = uncompared(detail);
  return left === 0
    ? { title: m.ceremony_all_compared(), text: m.ceremony_all_compared_text() }
    : {
        title: m.ceremony_compare({ n: left, count: String(left) }),
        text: m.ceremony_compare_text(),
      };
}

function running({ row }: CeremonyDetail): string {
  switch (row.kind) {
    case 'create':
      return m.ceremony_running_create();
    case 'refresh':
    case 'remove':
      return m.ceremony_running_refresh();
    case 'repair':
      return m.ceremony_running_repair();
  }
}

function done({ row, threshold, members }: CeremonyDetail): string {
  const parts = { label: row.label, t: String(threshold), n: String(members.length) };
  switch (row.kind) {
    case 'create':
      return m.ceremony_done_create(parts);
    case 'refresh':
      return m.ceremony_done_refresh(parts);
    case 'remove':
      return m.ceremony_done_remove(parts);
    case 'repair':
      return m.ceremony_done_repair(parts);
  }
}

/** What a ceremony is for, in one sentence. */
export function purpose({ row }: Pick<CeremonyDetail, 'row'>): string {
  switch (row.kind) {
    case 'create':
      return m.ceremony_purpose_create();
    case 'refresh':
      return m.ceremony_purpose_refresh();
    case 'remove':
      return m.ceremony_purpose_remove();
    case 'repair':
      return m.ceremony_purpose_repair();
  }
}

function afterTask({ row }: CeremonyDetail): string {
  return row.kind === 'repair' ? m.ceremony_done_repair_text() : m.ceremony_old_shares();
}
