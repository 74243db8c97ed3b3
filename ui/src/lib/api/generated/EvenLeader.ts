// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A leader. */
export type EvenLeader = {
  /** Node id. */
  node: string;
  /** What it is called here. */
  label: string;
  /** Weight, of the denominator. */
  weightPpm: number;
};
