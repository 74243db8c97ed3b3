// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { AlertRow } from "./AlertRow";
import type { Comparison } from "./Comparison";
import type { EvidenceClass } from "./EvidenceClass";
import type { EvidenceLink } from "./EvidenceLink";

/** An alert with its evidence. */
export type AlertDetail = {
  /** The row. */
  row: AlertRow;
  /** What the evidence amounts to. */
  class: EvidenceClass;
  /** What the coordinator's batch says beside what was computed here. */
  comparison: Array<Comparison>;
  /** The chain of evidence. */
  evidence: Array<EvidenceLink>;
  /** Everhashes of transactions that failed only because of this one. */
  consequences: Array<string>;
};
