// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How far a ceremony is. */
export type CeremonyState =
  | "invited"
  | "comparing"
  | "running"
  | "inDoubt"
  | "done"
  | "failed"
  | "stopped";
