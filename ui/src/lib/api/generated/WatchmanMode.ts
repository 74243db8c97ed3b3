// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How far the watchman of this program is. */
export type WatchmanMode = "notSetUp" | "locked" | "starting" | "running" | "failed";
