// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How far a deposit has come. */
export type DepositStage =
  | "seen"
  | "ready"
  | "posted"
  | "minted"
  | "refused"
  | "stranded"
  | "dropped";
