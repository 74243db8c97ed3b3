// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A coin that is spent. */
export type SpentCoin = {
  /** `txid:vout`. */
  outpoint: string;
  /** Satoshi. */
  amount: string;
  /** The account whose deposit address it lies on; null: the key's own address. */
  account: string | null;
  /** The address. */
  address: string;
};
