// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { TokenName } from "./TokenName";

/** One change. */
export type ChangeRow = {
  /** What: `tokens/TAG/payoutMax`, `deny/ACCOUNT`, `stopped`; of a roster `members/OWNER`, `members/OWNER/peer`, `quarantineHours`. */
  path: string;
  /** Before; null: was not there. */
  old: string | null;
  /** After; null: is no longer there. */
  new: string | null;
  /** More passes than before because of it, or somebody new is trusted. */
  loosens: boolean;
  /** The token whose base units the values are. */
  token: TokenName | null;
};
