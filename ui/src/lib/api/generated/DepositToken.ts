// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A token that a vault takes. */
export type DepositToken = {
  /** Token tag on the ledger. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Its contract or id on the chain; the zero address is the chain's coin. */
  tokenId: string;
  /** Decimals on the ledger. */
  decimals: number;
  /** Decimals on the chain. */
  targetDecimals: number;
};
