// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { TransactionRow } from "./TransactionRow";

/** A page of transactions. */
export type TransactionPage = {
  /** Newest first. */
  rows: Array<TransactionRow>;
  /** For the next page; null at the end. */
  cursor: string | null;
  /** Transactions in all (without filter). */
  total: number;
};
