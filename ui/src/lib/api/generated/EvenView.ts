// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenAlert } from "./EvenAlert";
import type { EvenLeader } from "./EvenLeader";
import type { EvenSource } from "./EvenSource";

/** The network as a whole. */
export type EvenView = {
  /** Where it lives. */
  source: EvenSource;
  /** The seed from which it can be repeated, decimal text; empty when none runs. */
  seed: string;
  /** Its clock, Unix ms. */
  nowMs: number;
  /** The current epoch. */
  epoch: number;
  /** When it began, Unix ms. */
  epochStartMs: number;
  /** How long an epoch lasts, ms. */
  epochLengthMs: number;
  /** The epoch whose table is in force; null: that of genesis. */
  tableEpoch: number | null;
  /** Nodes known. */
  nodes: number;
  /** Nodes with weight. */
  voting: number;
  /** `mean` or `max`: what speeds were compared with. */
  reference: string;
  /** `D`: what a quorum is counted against. */
  denominator: string;
  /** All weight. */
  total: string;
  /** How balanced the whole network is: 1 when every node has as much exchange as stake. */
  balance: number;
  /** Effective number of nodes, thousandths. */
  effectiveMilli: number;
  /** The leaders, the heaviest first. */
  leaders: Array<EvenLeader>;
  /** Weight of all leaders, of the denominator. */
  leadersPpm: number;
  /** What the leaders together cannot exceed of all weight. */
  leadersCapPpm: number;
  /** What one node cannot exceed of the denominator. */
  nodeCapPpm: number;
  /** Messages that are final. */
  finalMessages: number;
  /** Messages that are not decided. */
  openMessages: number;
  /** Messages that were rejected. */
  rejectedMessages: number;
  /** Median time to finality lately, ms; null before the first. */
  finalityMs: number | null;
  /** Final messages a second lately. */
  perSecond: number;
  /** Two rivals that are final: the reader has stopped. */
  alarm: [string, string] | null;
  /** What needs a look. */
  alerts: Array<EvenAlert>;
};
