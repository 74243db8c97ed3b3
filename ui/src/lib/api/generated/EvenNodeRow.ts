// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenForecast } from "./EvenForecast";

/** A row of the rating table. */
export type EvenNodeRow = {
  /** Rank by weight, from 1. */
  rank: number;
  /** Node id, hex. */
  node: string;
  /** What it is called here. */
  label: string;
  /** What a practice network told it to be: `honest`, `passive`, `whale`, … */
  kind: string;
  /** `active`, `passive` or `noStake`. */
  state: string;
  /** Rating, 0 to 1. */
  rating: number;
  /** Formula (1.6) by the letter: used for nothing. */
  literal: number | null;
  /** Signed balance: below 0 exchange dominates, above 0 stake does. */
  d: number | null;
  /** `K_o`: share of all exchange. */
  exchange: number;
  /** `S_o`: share of all stake. */
  stake: number;
  /** Served part of the audits. */
  accuracy: number;
  /** Mean nominal work a second. */
  capacity: number;
  /** Mean final messages stamped a second. */
  speed: number;
  /** Final messages stamped in the epoch. */
  activity: number;
  /** Stake, units as decimal text. */
  stakeUnits: string;
  /** Vote weight, decimal text. */
  weight: string;
  /** Of the denominator. */
  weightPpm: number;
  /** Change of the rating since the epoch before; null for a node that is new. */
  trend: number | null;
  /** Ratings of the last epochs, oldest first, at most 24. */
  history: Array<number>;
  /** Where it is heading. */
  forecast: EvenForecast | null;
  /** It is a leader. */
  leader: boolean;
  /** It was proven to equivocate and has no vote. */
  muted: boolean;
  /** On the watch-list. */
  watched: boolean;
};
