// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What has become of a burn. */
export type BurnStage = "waiting" | "paid";
