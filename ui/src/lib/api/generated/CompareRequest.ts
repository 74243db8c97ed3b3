// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Says that a person compared a member's words. */
export type CompareRequest = {
  /** The ceremony. */
  id: string;
  /** The member. */
  number: number;
};
