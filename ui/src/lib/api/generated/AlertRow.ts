// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Field } from "./Field";
import type { Severity } from "./Severity";

/** A row of the alert list. */
export type AlertRow = {
  /** Stable key. */
  key: string;
  /** Rule, like `F2`. */
  rule: string;
  /** Severity. */
  severity: Severity;
  /** Protocol code or fault code, like `err_insufficient_balance`. */
  code: string;
  /** When it was raised here, Unix ms. */
  raisedMs: number;
  /** Milliseconds from the batch being readable (first seen) to the alert. */
  latencyMs: number | null;
  /** From a batch that is not confirmed deep enough yet. */
  provisional: boolean;
  /** Seen by a person. */
  acknowledged: boolean;
  /** Settled by itself: the batch dropped out, the source recovered. */
  closed: boolean;
  /** Transaction. */
  everHash: string | null;
  /** Arweave id of the batch. */
  batchId: string;
  /** Batch number. */
  batch: number | null;
  /** Item number in the batch, from 1. */
  item: number | null;
  /** Facts for the sentence: `symbol`, `decimals`, `amount`, `had`, `needed`, `short`, `from`, `to`, `source`, `held`, `owed`, `chain`, … */
  params: Array<Field>;
};
