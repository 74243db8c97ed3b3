// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A token on a chain that pays it out. */
export type WithdrawToken = {
  /** Token tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals on the ledger. */
  decimals: number;
  /** The chain. */
  chain: string;
  /** Decimals there. */
  targetDecimals: number;
  /** What the coordinator takes, base units of the ledger. */
  fee: string;
};
