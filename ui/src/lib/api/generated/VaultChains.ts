// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { VaultChain } from "./VaultChain";

/** The chains that assets come from. */
export type VaultChains = {
  /** Every chain that has a vault, by name. */
  chains: Array<VaultChain>;
};
