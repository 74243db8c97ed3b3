// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names an account. */
export type AccountRequest = {
  /** Account id in any accepted form. */
  account: string;
};
