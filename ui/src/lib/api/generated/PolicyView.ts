// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { TokenLimits } from "./TokenLimits";
import type { TokenName } from "./TokenName";

/** The policy in force. */
export type PolicyView = {
  /** The file's text, formatted. */
  text: string;
  /** The stop switch. */
  stopped: boolean;
  /** Limits by token. */
  tokens: Array<TokenLimits>;
  /** Who is never paid. */
  deny: Array<string>;
  /** Who alone is paid; null: anyone. */
  allow: Array<string> | null;
  /** Tokens of the ledger that a vault could pay and the policy does not list. */
  unlisted: Array<TokenName>;
};
