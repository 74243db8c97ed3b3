// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One word of a phrase. */
export type WordCheck = {
  /** Its place, from 1. */
  place: number;
  /** The word. */
  word: string;
};
