// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { DepositRow } from "./DepositRow";

/** A page of deposits. */
export type DepositPage = {
  /** Newest first. */
  rows: Array<DepositRow>;
  /** For the next page; null at the end. */
  cursor: string | null;
};
