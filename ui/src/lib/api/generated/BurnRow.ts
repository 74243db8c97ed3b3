// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BurnStage } from "./BurnStage";

/** A burn: tokens taken off the ledger so that a vault pays them out. */
export type BurnRow = {
  /** The transaction. */
  everHash: string;
  /** Token tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals, null while unknown. */
  decimals: number | null;
  /** The chain whose vault pays. */
  chain: string;
  /** Who burned. */
  from: string;
  /** Who is paid, as sent. */
  to: string;
  /** To be paid out, base units of the ledger. */
  amount: string;
  /** Fee, base units of the ledger. */
  fee: string;
  /** Its batch. */
  batch: number;
  /** Time of the batch's block, Unix ms. */
  timeMs: number;
  /** Its batch is deep enough and persisted. */
  settled: boolean;
  /** What has become of it. */
  state: BurnStage;
};
