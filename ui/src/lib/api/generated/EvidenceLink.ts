// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Field } from "./Field";

/** One link of the evidence. */
export type EvidenceLink = {
  /**
   * Code: `signed`, `notSigned`, `inBatch`, `batchSigned`, `batchForeign`, `balanceBefore`, `firstInclusion`, `deposit`, `noDeposit`, `ruleBroken`, `dataAltered`,
   * `depositSeen`, `depositUndone`, `liabilities`, `reserve`.
   */
  code: string;
  /** False for the link that breaks. */
  holds: boolean;
  /** Facts. */
  params: Array<Field>;
};
