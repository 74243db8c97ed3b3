// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a chain. */
export type ChainName = {
  /** Chain type, like `ethereum`. */
  chain: string;
};
