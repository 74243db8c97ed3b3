// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Arms a vault again. */
export type RearmRequest = {
  /** The chain. */
  chain: string;
  /** Every cause that stands and was looked at. */
  keys: Array<string>;
  /** Why it may pay again; kept in the journal. */
  reason: string;
};
