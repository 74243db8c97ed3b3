// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How long a new phrase is. */
export type PhraseRequest = {
  /** 12 or 24. */
  words: number;
};
