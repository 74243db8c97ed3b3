// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What it names. */
export type SearchReply = {
  /** `account`, `transaction`, `batch`, `nothing`. */
  kind: string;
  /** Canonical id or number. */
  id: string;
};
