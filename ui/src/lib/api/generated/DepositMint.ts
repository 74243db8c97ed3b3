// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A mint in the ledger. */
export type DepositMint = {
  /** The transaction. */
  everHash: string;
  /** Its batch. */
  batch: number;
  /** Deep enough and persisted. */
  settled: boolean;
};
