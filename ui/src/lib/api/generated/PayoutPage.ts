// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { PayoutRow } from "./PayoutRow";

/** A page of payouts. */
export type PayoutPage = {
  /** Waiting ones first, then those on their way, then the others; within a group the newest first. */
  rows: Array<PayoutRow>;
  /** For the next page; null at the end. */
  cursor: string | null;
  /** How many there are in each group, whatever the filter: waiting, on the way, done, not paid. */
  counts: [number, number, number, number];
};
