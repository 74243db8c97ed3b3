// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A sum within a rolling time. */
export type WindowLimit = {
  /** How long. */
  hours: number;
  /** How much. */
  max: string;
};
