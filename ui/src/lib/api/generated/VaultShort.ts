// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A token that the vaults do not cover, for the heartbeat. */
export type VaultShort = {
  /** Token tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals, null while unknown. */
  decimals: number | null;
  /** What is missing, base units of the ledger. */
  shortfall: string;
};
