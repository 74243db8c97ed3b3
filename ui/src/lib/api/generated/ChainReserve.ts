// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What one vault holds of one token. */
export type ChainReserve = {
  /** Chain. */
  chain: string;
  /** Contract or id of the token there. */
  tokenId: string;
  /** Base units of the ledger; null while unknown. */
  held: string | null;
  /** The block it was read at. */
  height: number | null;
  /** Its hash. */
  block: string | null;
  /** Its time, Unix ms. */
  timeMs: number | null;
  /**
   * Why it is unknown: `no_node`, `no_answer`, `disagreement`, `not_read`, or `behind` (the block is older than a deposit
   * that the ledger has credited).
   */
  why: string | null;
  /** The nodes that said so. */
  sources: Array<string>;
};
