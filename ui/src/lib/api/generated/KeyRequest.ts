// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a key. */
export type KeyRequest = {
  /** Its id. */
  id: string;
};
