// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One minute. */
export type Minute = {
  /** Its start, Unix ms. */
  startMs: number;
  /** Transactions verified in it. */
  verified: number;
  /** `agree`, `late`, `disagree`, `silent`, `notWatching`. */
  sources: string;
  /** Alerts raised in it. */
  alerts: number;
};
