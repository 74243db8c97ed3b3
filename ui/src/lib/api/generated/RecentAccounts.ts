// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Accounts seen lately. */
export type RecentAccounts = {
  /** Canonical ids. */
  accounts: Array<string>;
};
