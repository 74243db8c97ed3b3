// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Verdict } from "./Verdict";

/** Which transactions. */
export type TransactionsRequest = {
  /** Where the previous page ended; null for the newest. */
  cursor: string | null;
  /** Rows wanted, 1 to 200. */
  limit: number;
  /** Only this account's. */
  account: string | null;
  /** Only this action. */
  action: string | null;
  /** Only this verdict. */
  verdict: Verdict | null;
};
