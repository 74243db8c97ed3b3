// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Whether the vaults cover a token. */
export type Cover = "short" | "unknown" | "covered";
