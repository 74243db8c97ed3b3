// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Whether a signature can be made now. */
export type Signing = "notSetUp" | "locked" | "stopped" | "blocked" | "ready";
