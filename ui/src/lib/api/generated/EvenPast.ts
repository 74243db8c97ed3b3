// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenParts } from "./EvenParts";

/** A past epoch of a node. */
export type EvenPast = {
  /** Epoch. */
  epoch: number;
  /** Its end, Unix ms. */
  timeMs: number;
  /** Rating. */
  rating: number;
  /** Share of the exchange. */
  exchange: number;
  /** Share of the stake. */
  stake: number;
  /** Accuracy. */
  accuracy: number;
  /** Of the denominator. */
  weightPpm: number;
  /** What moved the rating since the epoch before; the parts add up. Null for the first. */
  parts: EvenParts | null;
};
