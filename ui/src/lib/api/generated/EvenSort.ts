// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** By what the rating table is sorted. */
export type EvenSort =
  | "weight"
  | "rating"
  | "trend"
  | "forecast"
  | "exchange"
  | "stake"
  | "balance"
  | "accuracy"
  | "capacity"
  | "speed"
  | "activity"
  | "literal"
  | "label";
