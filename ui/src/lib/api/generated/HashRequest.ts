// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a transaction. */
export type HashRequest = {
  /** `0x` hex everHash. */
  everHash: string;
};
