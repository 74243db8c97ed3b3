// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a watchman. */
export type OwnerRequest = {
  /** Its account. */
  owner: string;
};
