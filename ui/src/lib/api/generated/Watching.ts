// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How the core is doing, worst state wins (in this order, best last). */
export type Watching =
  | "fraudProven"
  | "vaultShort"
  | "sourcesDisagree"
  | "coordinatorSilent"
  | "noSource"
  | "unfinished"
  | "catchingUp"
  | "starting"
  | "watching";
