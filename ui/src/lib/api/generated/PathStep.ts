// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A step on the way of a burn. */
export type PathStep = {
  /**
   * Code. Of a withdrawal: `accepted`, `batched`, `confirmed`, `signing`, `paid`, `final`. Of a payout: `seen`, `verified`, `held`,
   * `awaiting`, `approved`, `intended`, `signed`, `quorum`, `submitted`, `executed`, `closed`, `refused`, `failed`.
   */
  code: string;
  /** `done`, `now` or `to_come`. */
  state: string;
  /** When it was done, Unix ms. */
  atMs: number | null;
  /** A fact that shows it, machine text: a hash, a count. */
  fact: string | null;
};
