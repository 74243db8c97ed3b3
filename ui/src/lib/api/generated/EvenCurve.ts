// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** The bell and the two curves that meet it at one vertical line. */
export type EvenCurve = {
  /** Values of d, ascending. */
  d: Array<number>;
  /** The bell there. */
  bell: Array<number>;
  /** The exchange share that this node would need there beside its stake; null where none is enough. */
  exchange: Array<number | null>;
  /** The stake share that it would need there beside its exchange; null above 1. */
  stake: Array<number | null>;
  /** d of the other nodes, at most 2,000. */
  others: Array<number>;
};
