// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Refuses a payout. */
export type RefuseRequest = {
  /** The burn. */
  everHash: string;
  /** Why; kept in the journal. */
  reason: string;
};
