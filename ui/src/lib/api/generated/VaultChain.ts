// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { ChainFinality } from "./ChainFinality";
import type { DepositToken } from "./DepositToken";
import type { HaltView } from "./HaltView";
import type { NodeView } from "./NodeView";
import type { Reason } from "./Reason";

/** A chain with its vault, and how it is watched from here. */
export type VaultChain = {
  /** Chain type, like `ethereum`. */
  chain: string;
  /** Whether its deposits are watched from here. False: the members about blocks and sources are empty. */
  watched: boolean;
  /** Id of an EVM chain. */
  chainId: number | null;
  /** Address of the vault in full. */
  locker: string;
  /** Blocks, its own included, that a deposit needs before it can be minted. */
  confirmations: number;
  /** What else it needs. */
  finality: ChainFinality;
  /** The newest block that enough sources know. */
  tip: number | null;
  /** Its time, Unix ms. */
  tipTimeMs: number | null;
  /** The newest block that the chain calls final. */
  finalized: number | null;
  /** The block up to which deposits were looked for. */
  scanned: number | null;
  /** The block in which the vault was deployed. */
  startBlock: number | null;
  /** The nodes and what they last said. */
  sources: Array<NodeView>;
  /** Nodes that must say the same. */
  sourcesNeeded: number;
  /** What keeps the watch from going on: `noAnswer`, `disagreement`, `coordinatorSilent`, `database`, `stopped`. */
  trouble: Reason | null;
  /** Set when its vault must not pay out. */
  halted: HaltView | null;
  /** What can be deposited there. */
  tokens: Array<DepositToken>;
};
