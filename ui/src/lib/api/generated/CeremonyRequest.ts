// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a ceremony or a session. */
export type CeremonyRequest = {
  /** Its id. */
  id: string;
};
