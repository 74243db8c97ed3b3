// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Where the shown network lives. */
export type EvenSource = "none" | "here" | "process";
