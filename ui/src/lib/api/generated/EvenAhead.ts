// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenForecast } from "./EvenForecast";

/** A point of the forecast. */
export type EvenAhead = {
  /** When, Unix ms. */
  timeMs: number;
  /** The forecast. */
  forecast: EvenForecast;
};
