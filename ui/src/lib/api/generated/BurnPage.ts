// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BurnRow } from "./BurnRow";

/** A page of burns. */
export type BurnPage = {
  /** Newest first. */
  rows: Array<BurnRow>;
  /** For the next page; null at the end. */
  cursor: string | null;
};
