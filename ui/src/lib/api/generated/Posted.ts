// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A mint that the coordinator took. */
export type Posted = {
  /** The transaction. */
  everHash: string;
};
