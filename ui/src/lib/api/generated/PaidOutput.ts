// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** An output. */
export type PaidOutput = {
  /** Address, or the script in hex if it has none. */
  to: string;
  /** Satoshi. */
  amount: string;
  /** It is one of the key's own addresses: change. */
  own: boolean;
};
