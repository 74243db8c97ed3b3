// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A vault that watchmen guard. */
export type GuardedVault = {
  /** The chain. */
  chain: string;
  /** EIP-155 id. */
  chainId: string;
  /** The contract. */
  contract: string;
  /** How many must sign; null until the chain said so. */
  threshold: number | null;
  /** How many own it. */
  owners: number | null;
};
