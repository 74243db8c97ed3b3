// A deposit in words: how far it has come, why it is stranded and what to do, why a mint was not taken. Pure.

import type { DepositRow } from '$lib/api';
import { codeWords } from '$lib/alerts/codes';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';

export interface DepositFace {
  glyph: GlyphName;
  tone: Tone;
  text: string;
}

export function depositFace(row: DepositRow): DepositFace {
  switch (row.state) {
    case 'seen':
      return { glyph: 'progress', tone: 'wait', text: m.deposit_seen() };
    case 'ready':
      return { glyph: 'held', tone: 'wait', text: m.deposit_ready() };
    case 'posted':
      return { glyph: 'progress', tone: 'wait', text: m.deposit_posted() };
    case 'minted':
      return { glyph: 'fact', tone: 'verified', text: m.deposit_minted() };
    case 'refused':
      return { glyph: 'danger', tone: 'danger', text: m.deposit_refused() };
    case 'stranded':
      return { glyph: 'attention', tone: 'attention', text: m.deposit_stranded() };
    case 'dropped':
      return { glyph: 'off', tone: 'attention', text: m.deposit_dropped() };
  }
}

/** What came in, in the best unit that is known: the ledger's, the chain's, or base units. */
export function depositAmount(row: DepositRow): { base: string; decimals: number | null; symbol: string } {
  const symbol = row.symbol ?? m.token_unknown();
  if (row.amount !== null) return { base: row.amount, decimals: row.decimals, symbol };
  return { base: row.rawAmount, decimals: row.targetDecimals, symbol };
}

/** Why it stands where it stands and what to do, as sentences; null when the path says it all. */
export function depositNote(row: DepositRow): { why: string; todo: string } | null {
  switch (row.state) {
    case 'stranded':
      return { why: strandedReason(row.code ?? ''), todo: strandedStep(row.code ?? '') };
    case 'refused':
      return { why: m.refused_why({ reason: codeWords(row.code ?? '') }), todo: m.refused_todo() };
    case 'ready':
      if (row.code === null) return null;
      return { why: m.ready_why({ reason: codeWords(row.code) }), todo: m.ready_todo() };
    case 'dropped':
      return { why: m.dropped_why(), todo: m.dropped_todo() };
    default:
      return null;
  }
}

function strandedReason(code: string): string {
  switch (code) {
    case 'internal':
      return m.stranded_internal();
    case 'otherSender':
      return m.stranded_other_sender();
    case 'ambiguous':
      return m.stranded_ambiguous();
    case 'shortfall':
      return m.stranded_shortfall();
    case 'unknownToken':
      return m.stranded_unknown_token();
    case 'dust':
      return m.stranded_dust();
    case 'tooLarge':
      return m.stranded_too_large();
    default:
      return m.stranded_unnamed({ code });
  }
}

function strandedStep(code: string): string {
  return code === 'dust' ? m.stranded_todo_dust() : m.stranded_todo();
}

/** Everybody who paid in: one, or several where the deposit is ambiguous. */
export function depositSenders(row: DepositRow): string[] {
  return row.sender.split(/[\s,]+/).filter(Boolean);
}

/** Why a mint could not be handed in, by the code of the answer. */
export function postRefusal(code: string): string {
  switch (code) {
    case 'read_only':
      return m.post_read_only();
    case 'not_found':
    case 'not_watched':
      return m.post_not_found();
    case 'not_ready':
      return m.post_not_ready();
    case 'stranded':
      return m.post_stranded();
    case 'no_coordinator':
      return m.post_no_coordinator();
    case 'unreachable':
    case 'link_lost':
    case 'busy':
      return m.post_unreachable();
    case 'err_tx_minted':
      return m.post_already();
    case 'err_mint_not_confirmed':
      return m.post_not_confirmed();
    case 'refused':
      return m.post_refused_see();
    default:
      if (code.startsWith('err_')) return m.post_refused({ reason: codeWords(code) });
      return m.post_fault({ code });
  }
}
