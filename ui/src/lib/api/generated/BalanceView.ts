// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One balance. */
export type BalanceView = {
  /** Token tag. */
  tag: string;
  /** Token symbol. */
  symbol: string;
  /** Decimals, null while unknown. */
  decimals: number | null;
  /** Base units, with all batches of the overlay. */
  amount: string;
  /** Base units in confirmed batches only. */
  confirmed: string;
  /** What the coordinator says for this account, null when it did not say. */
  claimed: string | null;
};
