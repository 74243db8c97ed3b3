// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What a ceremony does. */
export type CeremonyKind = "create" | "refresh" | "remove" | "repair";
