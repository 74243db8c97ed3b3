// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Reason } from "./Reason";

/** What a withdrawal would do. */
export type WithdrawQuote = {
  /** Symbol. */
  symbol: string;
  /** Decimals on the ledger. */
  decimals: number;
  /** What is burned, base units of the ledger. */
  amount: string;
  /** What the coordinator takes. */
  fee: string;
  /** Both together. */
  total: string;
  /** What the account has, verified here, with the overlay. */
  has: string;
  /** What it keeps; null when it has too little. */
  left: string | null;
  /** What is paid on the chain, its base units. */
  targetAmount: string;
  /** Decimals there. */
  targetDecimals: number;
  /** The address on the chain as it will be signed. */
  to: string;
  /** Whether the ledger has paid this address for this account before. */
  knownRecipient: boolean;
  /**
   * Why it cannot be done; codes: `balance`, `amount_zero`, `precision` (digits that the chain cannot pay), `recipient`,
   * `recipient_is_vault`, `account_unknown`, `not_payable`, `no_coordinator`. Empty: it can.
   */
  problems: Array<Reason>;
};
