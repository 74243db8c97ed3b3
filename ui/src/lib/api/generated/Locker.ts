// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** The address that holds locked assets on a chain. */
export type Locker = {
  /** Chain type, like `arweave`. */
  chain: string;
  /** Address there. */
  address: string;
};
