// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Signed parts of a change. */
export type EvenParts = {
  /** By the share of the exchange. */
  exchange: number;
  /** By the share of the stake. */
  stake: number;
  /** By the accuracy. */
  accuracy: number;
};
