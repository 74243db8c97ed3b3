// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A token of the ledger. */
export type TokenView = {
  /** Protocol tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals on the ledger; null while unknown (open token list). */
  decimals: number | null;
  /** Minted minus burned, base units. */
  supply: string;
  /** Target chains a burn may name where a vault pays out; empty: payouts wait. */
  payableOn: Array<string>;
};
