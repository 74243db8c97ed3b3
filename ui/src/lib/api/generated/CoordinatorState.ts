// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How the coordinator's claimed state root compares with ours at the same batch. */
export type CoordinatorState =
  | "notConfigured"
  | "notKnownYet"
  | "sameRoot"
  | "otherRoot"
  | "silent";
