// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How grave an alert is. */
export type Severity = "critical" | "warning";
