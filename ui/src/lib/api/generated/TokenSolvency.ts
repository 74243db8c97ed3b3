// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { ChainReserve } from "./ChainReserve";
import type { Cover } from "./Cover";

/** One token: what is owed and what is held, all in base units of the ledger. */
export type TokenSolvency = {
  /** Token tag. */
  tag: string;
  /** Symbol. */
  symbol: string;
  /** Decimals, null while unknown. */
  decimals: number | null;
  /** Minted minus burned. */
  supply: string;
  /** Burned and not paid out yet. */
  waiting: string;
  /** Both together. */
  owed: string;
  /** What the vaults hold; null while any of them is unknown. */
  held: string | null;
  /** Held minus owed, with a minus sign when short; null while unknown. */
  difference: string | null;
  /** The verdict. */
  verdict: Cover;
  /** Chain by chain. */
  chains: Array<ChainReserve>;
};
