// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { DepositMint } from "./DepositMint";
import type { DepositStage } from "./DepositStage";

/** What came into a vault by one transaction in one token. */
export type DepositRow = {
  /** Stable key of the row. */
  id: string;
  /** Chain. */
  chain: string;
  /** Transaction there. */
  tx: string;
  /** Contract or id of the token there. */
  tokenId: string;
  /** Token tag; null when no token of the ledger has that contract. */
  tag: string | null;
  /** Symbol. */
  symbol: string | null;
  /** Who is credited; null when it is stranded. */
  account: string | null;
  /** Who paid, by that chain; several, separated by commas, when there were several. */
  sender: string;
  /** What the ledger credits, its base units; null when nothing can be credited. */
  amount: string | null;
  /** What came in, the chain's base units. */
  rawAmount: string;
  /** Decimals on the ledger. */
  decimals: number | null;
  /** Decimals on the chain. */
  targetDecimals: number | null;
  /** Block. */
  block: number;
  /** Its hash. */
  blockHash: string;
  /** Its time, Unix ms. */
  timeMs: number;
  /** Blocks from its own to the tip; 0 when it dropped out. */
  confirmations: number;
  /** Blocks that it needs. */
  needed: number;
  /** The chain calls its block final. */
  final: boolean;
  /** How far it has come. */
  state: DepositStage;
  /**
   * Why it is stranded (`internal`, `otherSender`, `ambiguous`, `shortfall`, `unknownToken`, `dust`), refused (the
   * coordinator's code), or why the last attempt to hand its mint in failed.
   */
  code: string | null;
  /** everHash of the mint that was handed in from here. */
  posted: string | null;
  /** The mint as the ledger has it, verified here. */
  mint: DepositMint | null;
  /** Whether `postMint` may be asked for. */
  canPost: boolean;
};
