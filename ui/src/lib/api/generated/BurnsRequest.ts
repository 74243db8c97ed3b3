// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Which burns. */
export type BurnsRequest = {
  /** Only those of this account. */
  account: string | null;
  /** Only those that are not paid out. */
  waiting: boolean;
  /** Where the previous page ended; null for the newest. */
  cursor: string | null;
  /** Rows wanted, 1 to 200. */
  limit: number;
};
