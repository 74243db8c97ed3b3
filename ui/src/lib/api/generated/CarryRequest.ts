// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Which messages to carry. */
export type CarryRequest = {
  /** Ceremony or session; null: who this program is, for a watchman that was never connected. */
  id: string | null;
  /** The member they are for; counts nothing without an id. */
  number: number;
};
