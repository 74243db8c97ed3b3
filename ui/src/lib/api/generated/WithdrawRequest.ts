// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What somebody wants to withdraw. */
export type WithdrawRequest = {
  /** The account that pays: one of the keystore's. */
  account: string;
  /** Token tag. */
  tag: string;
  /** The chain that pays out. */
  chain: string;
  /** Who is paid there. */
  to: string;
  /** How much is paid out, base units of the ledger, without the fee. */
  amount: string;
};
