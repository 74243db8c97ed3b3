// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A waiting time of large amounts. */
export type DelayLimit = {
  /** Amounts greater than this wait. */
  above: string;
  /** How long. */
  minutes: number;
};
