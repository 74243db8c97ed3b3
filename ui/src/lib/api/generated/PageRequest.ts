// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A page of a list. */
export type PageRequest = {
  /** Where the previous page ended; null for the first. */
  cursor: string | null;
  /** Rows wanted, 1 to 200. */
  limit: number;
};
