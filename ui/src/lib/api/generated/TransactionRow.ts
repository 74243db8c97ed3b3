// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Verdict } from "./Verdict";

/** A row of the list. */
export type TransactionRow = {
  /** `0x` hex. */
  everHash: string;
  /** Action. */
  action: string;
  /** Sender as sent. */
  from: string;
  /** Recipient as sent. */
  to: string;
  /** Token tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals, null while unknown. */
  decimals: number | null;
  /** Base units as sent. */
  amount: string;
  /** Verdict. */
  verdict: Verdict;
  /** Protocol code or rule name when not applied. */
  code: string | null;
  /** Batch number, from 1. */
  batch: number;
  /** Item number in the batch, from 1. */
  item: number;
  /** Time of the batch's block, Unix ms; null while not mined. */
  blockTimeMs: number | null;
  /** False while the batch is in the overlay. */
  confirmed: boolean;
};
