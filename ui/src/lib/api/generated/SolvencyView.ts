// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { HaltView } from "./HaltView";
import type { TokenSolvency } from "./TokenSolvency";

/** Reserves against liabilities, for every token. */
export type SolvencyView = {
  /** The batch after which the liabilities hold. */
  batch: number;
  /** When this was put together, Unix ms; 0 before the first time. */
  atMs: number;
  /** Short ones first, then unknown, then covered; by tag. */
  tokens: Array<TokenSolvency>;
  /** Vaults that must not pay out. */
  halts: Array<HaltView>;
};
