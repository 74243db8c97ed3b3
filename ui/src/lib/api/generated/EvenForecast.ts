// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A forecast. */
export type EvenForecast = {
  /** `ok`, `hold` (too few points) or `stale`. */
  status: string;
  /** `last`, `poly0` to `poly3`. */
  model: string;
  /** The rating at the end of the current epoch. */
  value: number;
  /** Lower end of the 95 % band. */
  low: number;
  /** Upper end. */
  high: number;
};
