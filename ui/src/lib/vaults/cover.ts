// Reserves against liabilities in words: cover, verdict, why a reserve is unknown, why a vault is halted. Pure.

import type { ChainReserve, Cover, HaltView, SolvencyView, TokenSolvency } from '$lib/api';
import { splitAmount } from '$lib/format/amounts';
import { language } from '$lib/i18n/language.svelte';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';

const INTEGER = /^\d+$/;
/** Cover is said in hundredths of a per cent. */
const PARTS = 10_000n;

/** Held over owed in per cent, rounded down: 99.999 % is never shown as 100 %. Null when nothing is owed or known. */
export function coverPercent(held: string | null, owed: string): string | null {
  if (held === null || !INTEGER.test(held) || !INTEGER.test(owed)) return null;
  const liabilities = BigInt(owed);
  if (liabilities === 0n) return null;
  const parts = splitAmount(((BigInt(held) * PARTS) / liabilities).toString(), 2, language.current);
  return parts && `${parts.whole}${parts.fraction}`;
}

export interface CoverFace {
  glyph: GlyphName;
  tone: Tone;
  text: string;
}

export function coverFace(cover: Cover): CoverFace {
  switch (cover) {
    case 'covered':
      return { glyph: 'fact', tone: 'verified', text: m.cover_covered() };
    case 'short':
      return { glyph: 'danger', tone: 'danger', text: m.cover_short() };
    case 'unknown':
      return { glyph: 'attention', tone: 'attention', text: m.cover_unknown() };
  }
}

/** The cover as it stands in a table: the share where there is one, else the word. */
export function coverText(token: TokenSolvency): string {
  const percent = token.verdict === 'unknown' ? null : coverPercent(token.held, token.owed);
  return percent === null ? coverFace(token.verdict).text : m.cover_percent({ n: percent });
}

/** Why a reserve is not known. */
export function reserveReason(why: string | null): string {
  switch (why) {
    case 'no_node':
      return m.reserve_no_node();
    case 'no_answer':
      return m.reserve_no_answer();
    case 'disagreement':
      return m.reserve_disagreement();
    case null:
    case 'not_read':
      return m.reserve_not_read();
    default:
      return m.reserve_other({ code: why });
  }
}

/** What is missing, as a positive amount; null when nothing is. */
export function shortfall(token: TokenSolvency): string | null {
  const missing = /^-(\d+)$/.exec(token.difference ?? '')?.[1];
  return token.verdict === 'short' && missing !== undefined ? missing : null;
}

/** Why a vault is halted, as a sentence. */
export function haltReason(halt: HaltView): string {
  switch (halt.code) {
    case 'vault_short':
      return m.halt_vault_short();
    case 'mint_undone':
      return m.halt_mint_undone();
    case 'unknown_burn':
    case 'no_payout':
    case 'other_token':
    case 'other_recipient':
    case 'other_amount':
    case 'twice':
      return m.halt_unjustified();
    default:
      return m.halt_other({ code: halt.code });
  }
}

/** The sentence over all tokens. */
export function coverSentence(view: SolvencyView): CoverFace {
  const count = (cover: Cover) => view.tokens.filter((token) => token.verdict === cover).length;
  if (view.tokens.length === 0) return { glyph: 'notYet', tone: 'neutral', text: m.vaults_none_yet() };
  if (count('short') > 0) return { ...coverFace('short'), text: m.vaults_some_short() };
  if (count('unknown') > 0) return { ...coverFace('unknown'), text: m.vaults_some_unknown() };
  return { ...coverFace('covered'), text: m.vaults_all_covered() };
}

/** The newest time at which a reserve was read; null when none was. */
export function newestReserve(view: SolvencyView): number | null {
  const times = view.tokens.flatMap((token) => token.chains.flatMap((chain) => chain.timeMs ?? []));
  return times.length === 0 ? null : Math.max(...times);
}

/** A key for a row of reserves. */
export const reserveKey = (row: ChainReserve): string => `${row.chain} ${row.tokenId}`;
