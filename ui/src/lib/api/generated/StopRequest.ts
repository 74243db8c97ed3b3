// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Stops signing. */
export type StopRequest = {
  /** The chain; null: all. */
  chain: string | null;
};
