// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One round of votes. */
export type EvenRound = {
  /** Number, from 0. */
  round: number;
  /** Nodes that voted for it. */
  voters: number;
  /** Their weight, of the denominator. */
  weightPpm: number;
};
