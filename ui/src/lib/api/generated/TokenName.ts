// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A token by name. */
export type TokenName = {
  /** Token tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals on the ledger. */
  decimals: number | null;
};
