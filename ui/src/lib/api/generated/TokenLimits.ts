// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { DelayLimit } from "./DelayLimit";
import type { TokenName } from "./TokenName";
import type { WindowLimit } from "./WindowLimit";

/** The limits of a token, base units of the ledger. */
export type TokenLimits = {
  /** The token. */
  token: TokenName;
  /** Most of one payout. */
  payoutMax: string;
  /** Most within a rolling time. */
  window: WindowLimit | null;
  /** Most to one recipient within a rolling time. */
  recipient: WindowLimit | null;
  /** Waiting time of large amounts. */
  delay: DelayLimit | null;
  /** Up to here nobody is asked. */
  autoUpTo: string;
};
