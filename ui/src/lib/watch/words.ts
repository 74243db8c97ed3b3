// The watchman of this program in words: whether it can sign, what halts a vault, what is wrong. Pure.

import type { Reason, Signing, WatchHalt, WatchmanMode } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';
import { chainName } from '$lib/vaults/chains';

export interface Said {
  glyph: GlyphName;
  tone: Tone;
  /** At most three words, for the heartbeat. */
  text: string;
  /** The whole sentence. */
  sentence: string;
}

/** Whether a signature can be made now. */
export function signingSaid(signing: Signing): Said {
  switch (signing) {
    case 'ready':
      return {
        glyph: 'fact',
        tone: 'verified',
        text: m.watch_signing_ready(),
        sentence: m.watch_signing_ready_long(),
      };
    case 'locked':
      return {
        glyph: 'held',
        tone: 'wait',
        text: m.watch_signing_locked(),
        sentence: m.watch_signing_locked_long(),
      };
    case 'stopped':
      return {
        glyph: 'held',
        tone: 'danger',
        text: m.watch_signing_stopped(),
        sentence: m.watch_signing_stopped_long(),
      };
    case 'blocked':
      return {
        glyph: 'attention',
        tone: 'attention',
        text: m.watch_signing_blocked(),
        sentence: m.watch_signing_blocked_long(),
      };
    case 'notSetUp':
      return {
        glyph: 'notYet',
        tone: 'neutral',
        text: m.watch_signing_none(),
        sentence: m.watch_signing_none_long(),
      };
  }
}

/** Why there is no queue, with the title of the banner; null while the watchman runs. */
export function modeWords(mode: WatchmanMode): { title: string; text: string } | null {
  switch (mode) {
    case 'notSetUp':
      return { title: m.watch_mode_not_set_up(), text: m.watch_mode_not_set_up_long() };
    case 'locked':
      return { title: m.watch_mode_locked(), text: m.watch_mode_locked_long() };
    case 'starting':
      return { title: m.watch_mode_starting(), text: m.watch_mode_starting_long() };
    case 'failed':
      return { title: m.watch_mode_failed(), text: m.watch_mode_failed_long() };
    case 'running':
      return null;
  }
}

/** A cause that halts a vault. */
export function causeWords(cause: string): string {
  switch (cause) {
    case 'shortfall':
      return m.watch_cause_shortfall();
    case 'mint_undone':
      return m.watch_cause_mint_undone();
    case 'fraud':
      return m.watch_cause_fraud();
    case 'person':
      return m.watch_cause_person();
    default:
      return m.watch_cause_other({ code: cause });
  }
}

/** The causes by chain, in the order in which the chains first appear. */
export function haltsByChain(halts: WatchHalt[]): { chain: string; causes: WatchHalt[] }[] {
  const chains = [...new Set(halts.map(({ chain }) => chain))];
  return chains.map((chain) => ({ chain, causes: halts.filter((halt) => halt.chain === chain) }));
}

/** What is wrong now, and with which part. */
export function troublePart({ code }: Reason): string {
  const [part, chain] = code.split('/', 2);
  if (part === 'chain' && chain !== undefined) return chainName(chain);
  if (part === 'check') return m.watch_part_check();
  if (part === 'sources') return m.watch_part_sources();
  if (part === 'ledger') return m.watch_part_ledger();
  if (part === 'keystore') return m.watch_part_keystore();
  return code;
}
