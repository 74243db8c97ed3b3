// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What became of the native notifications of this process. */
export type Notifications = "off" | "ready" | "delivered" | "failing";
