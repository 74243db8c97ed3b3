// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What the alert's evidence amounts to (design, section 4). */
export type EvidenceClass = "proven" | "provenGivenRoot" | "recorded";
