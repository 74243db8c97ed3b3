// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Somebody who broke a rule. */
export type Culprit = {
  /** Who. */
  number: number;
  /** The charge. */
  charge: string;
  /** Whether it is one of two of whom one must be wrong. */
  disputed: boolean;
};
