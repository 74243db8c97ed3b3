// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A code with its parameter. */
export type Reason = {
  /** Stable code. */
  code: string;
  /** The thing it concerns, empty if none. */
  subject: string;
};
