// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A cause that halts a vault. */
export type WatchHalt = {
  /** The chain. */
  chain: string;
  /** The alert or episode. */
  key: string;
  /** `shortfall`, `mint_undone`, `fraud` or `person`. */
  cause: string;
  /** Since when, Unix ms. */
  sinceMs: number;
};
