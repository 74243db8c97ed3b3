// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a message. */
export type EvenMessageRequest = {
  /** Id, hex. */
  id: string;
};
