// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Starts a failed ceremony again under a new id. */
export type AgainRequest = {
  /** The ceremony. */
  id: string;
  /** Members to leave out. */
  without: Array<number>;
};
