// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a deposit. */
export type PostMintRequest = {
  /** Chain. */
  chain: string;
  /** Transaction there. */
  tx: string;
  /** Contract or id of the token there. */
  tokenId: string;
};
