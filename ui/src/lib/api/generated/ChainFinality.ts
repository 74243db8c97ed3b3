// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** When a deposit is settled on its chain. */
export type ChainFinality = "count" | "finalized";
