// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** The four kinds of verdict, and the repeat of a sibling batch that needs none. */
export type Verdict = "applied" | "rejected" | "notCheckable" | "undecidable" | "repeat";
