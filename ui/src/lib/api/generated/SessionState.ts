// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How far a session of signing is. */
export type SessionState = "asked" | "approved" | "declined" | "signed" | "failed";
