// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BatchRow } from "./BatchRow";

/** A page of batches. */
export type BatchPage = {
  /** Newest first. */
  rows: Array<BatchRow>;
  /** For the next page. */
  cursor: string | null;
};
