// The policy's limits beside what is used, as bars. Shares are computed with whole numbers. Pure.

import type { LimitView } from '$lib/api';
import { m } from '$lib/paraglide/messages';

export interface LimitShares {
  /** What was counted before, of a thousand. */
  used: number;
  /** What this payout adds, of a thousand; used and adds together are at most 1000. */
  adds: number;
  /** Both together are more than the limit. */
  over: boolean;
}

const WHOLE = 1_000n;
const INTEGER = /^\d+$/;

/** How full a limit is; null where there is no limit to be full. */
export function limitShares({ used, adds, max }: LimitView): LimitShares | null {
  if (max === null || ![used, adds, max].every((text) => INTEGER.test(text))) return null;
  const [before, more, most] = [BigInt(used), BigInt(adds), BigInt(max)];
  const over = before + more > most;
  // A limit of zero is full from the start.
  const share = (part: bigint) => (most === 0n ? WHOLE : (part * WHOLE) / most);
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  const usedShare = least(share(before), WHOLE);
  return { used: Number(usedShare), adds: Number(least(share(more), WHOLE - usedShare)), over };
}

/** What is limited. */
export function limitTitle({ rule, hours }: LimitView): string {
  switch (rule) {
    case 'payoutMax':
      return m.payout_limit_payout_max();
    case 'window':
      return m.payout_limit_window({ hours: String(hours ?? '') });
    case 'recipient':
      return m.payout_limit_recipient({ hours: String(hours ?? '') });
    case 'delay':
      return m.payout_limit_delay();
    case 'autoUpTo':
      return m.payout_limit_auto();
    default:
      return rule;
  }
}

/** A limit that says when a person or time is needed instead of how much may pass: it is drawn without a bar. */
export function isThreshold({ rule }: LimitView): boolean {
  return rule === 'delay' || rule === 'autoUpTo';
}

/** Both parts of what is counted, base units. */
export function counted({ used, adds }: LimitView): string {
  return INTEGER.test(used) && INTEGER.test(adds) ? (BigInt(used) + BigInt(adds)).toString() : used;
}
