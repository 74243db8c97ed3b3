// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A message. */
export type EvenMessage = {
  /** Id, hex. */
  id: string;
  /** Who issued it. */
  issuer: string;
  /** What that is called here. */
  label: string;
  /** When, by its issuer, Unix ms. */
  timeMs: number;
  /** Trunk and branches. */
  parents: Array<string>;
  /** `received`, `certified`, `fast`, `final` or `rejected`. */
  status: string;
  /** `payment`, `data` or `stake`. */
  kind: string;
  /**
   * What its inputs hold and it moves, units as decimal text; null for data. What it pays back to its issuer cannot be told
   * from what it pays to others.
   */
  amount: string | null;
  /** Weight of its votes in the last round, of the denominator. */
  votesPpm: number;
  /** Messages that conflict with it. */
  rivals: Array<string>;
  /** From its time to finality, ms. */
  finalityMs: number | null;
};
