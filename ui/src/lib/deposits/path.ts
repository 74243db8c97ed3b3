// The way of a deposit from its chain to the ledger, step by step. What has happened is solid, what is to come dashed. Pure.

import type { DepositRow } from '$lib/api';
import { count } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';
import { DONE, LATER, NOW, type Step } from '$lib/path/steps';
import { to } from '$lib/router/paths';

/** Its steps; none for a deposit that has no way to the ledger. */
export function depositPath(row: DepositRow): Step[] {
  if (row.state === 'stranded' || row.state === 'dropped') return [];
  return [seen(row), deep(row), posted(row), verified(row)];
}

function seen(row: DepositRow): Step {
  return { key: 'seen', ...DONE, title: m.path_seen(), detail: m.path_block({ n: count(row.block) }) };
}

function deep(row: DepositRow): Step {
  // A minted deposit was deep enough for everybody who checked it, whatever a node behind says now.
  const enough = row.confirmations >= row.needed || row.mint !== null;
  const had = Math.min(row.confirmations, row.needed);
  const parts = { had: count(enough ? row.needed : had), needed: count(row.needed) };
  const waitsForFinal = enough && row.state === 'seen' && row.mint === null;
  return {
    key: 'deep',
    ...(enough && !waitsForFinal ? DONE : NOW),
    title: waitsForFinal ? m.path_final() : m.path_deep(),
    detail: m.path_blocks(parts),
    share: row.needed === 0 || enough ? 1 : had / row.needed,
  };
}

function posted(row: DepositRow): Step {
  const title = m.path_posted();
  const known = row.state === 'posted' || row.state === 'minted' || row.mint !== null;
  if (row.state === 'refused' && row.mint === null)
    return { key: 'posted', glyph: 'danger', tone: 'danger', done: false, title, detail: m.path_refused() };
  if (known) return { key: 'posted', ...DONE, title, detail: m.path_posted_done() };
  const face = row.state === 'ready' ? NOW : LATER;
  return { key: 'posted', ...face, title, detail: m.path_not_yet() };
}

function verified(row: DepositRow): Step {
  const title = m.path_verified();
  if (row.mint !== null)
    return {
      key: 'verified',
      // A batch that is not deep yet may still drop out.
      glyph: 'fact',
      tone: 'verified',
      done: true,
      title,
      detail: row.mint.settled
        ? m.batch_named({ n: count(row.mint.batch) })
        : m.path_batch_young({ n: count(row.mint.batch) }),
      href: to.transaction(row.mint.everHash),
    };
  const face = row.state === 'posted' || row.state === 'minted' ? NOW : LATER;
  return { key: 'verified', ...face, title, detail: m.path_not_yet() };
}
