// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A text to look for. */
export type SearchRequest = {
  /** Anything. */
  text: string;
};
