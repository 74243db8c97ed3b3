// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Where a payout is listed. */
export type PayoutGroup = "waiting" | "onTheWay" | "done" | "notPaid";
