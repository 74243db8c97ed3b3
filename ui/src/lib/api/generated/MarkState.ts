// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How a member's part of a round stands. */
export type MarkState = "open" | "waiting" | "sent" | "valid" | "broken" | "silent" | "absent";
