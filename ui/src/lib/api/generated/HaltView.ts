// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A vault that must not pay out until people have looked. */
export type HaltView = {
  /** The vault's chain. */
  chain: string;
  /** Since when, Unix ms. */
  sinceMs: number;
  /** Why: `mint_undone`, `vault_short`. */
  code: string;
  /** Key of the alert. */
  alertKey: string;
};
