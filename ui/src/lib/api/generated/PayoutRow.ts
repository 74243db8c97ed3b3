// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { PayoutGroup } from "./PayoutGroup";

/** A payout. */
export type PayoutRow = {
  /** The burn. */
  everHash: string;
  /**
   * Its state: `seen`, `verified`, `held`, `awaiting`, `approved`, `intended`, `signed`, `quorum`, `submitted`, `executed`, `closed`, `refused`,
   * `failed`.
   */
  state: string;
  /** Where it is listed. */
  group: PayoutGroup;
  /** What it waits for on its way to a signature: a code. */
  waitsFor: string | null;
  /** What the policy said: a code of `vault::policy`, like `auto_up_to`, `payout_max`, `window`, `delay`. */
  verdict: string | null;
  /** Token tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals on the ledger. */
  decimals: number | null;
  /** Base units of the ledger. */
  amount: string;
  /** Base units of the chain. */
  targetAmount: string;
  /** Decimals there. */
  targetDecimals: number | null;
  /** The chain that pays. */
  chain: string;
  /** Who is paid. */
  to: string;
  /** Time of its batch's block, Unix ms. */
  burntMs: number;
  /** Since when it is in this state, Unix ms. */
  sinceMs: number;
  /** Signatures that are here. */
  signed: number;
  /** How many are needed; null until the chain said so. */
  needed: number | null;
  /** The submission or the payment. */
  tx: string | null;
  /** Somebody signed something else for it. */
  accused: boolean;
};
