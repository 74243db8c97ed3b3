// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenNodeRow } from "./EvenNodeRow";

/** A part of the rating table. */
export type EvenNodesPage = {
  /** The rows. */
  rows: Array<EvenNodeRow>;
  /** Rows that fit the request. */
  matching: number;
  /** Nodes in all. */
  total: number;
  /** The epoch whose end they hold for. */
  epoch: number;
};
