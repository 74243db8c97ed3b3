// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { CoordinatorState } from "./CoordinatorState";
import type { Notifications } from "./Notifications";
import type { Reason } from "./Reason";
import type { Signing } from "./Signing";
import type { SourceView } from "./SourceView";
import type { VaultShort } from "./VaultShort";
import type { Watching } from "./Watching";

/** The heartbeat. */
export type Status = {
  /** Number of this snapshot; grows by at least one with every change. */
  seq: number;
  /** The core's clock when this was made, Unix ms. */
  nowMs: number;
  /** The worst thing that is the case. */
  watching: Watching;
  /** Rule id of the worst open alert, like `F2`. */
  worstRule: string | null;
  /** When the last transaction was verified here, Unix ms. */
  lastVerifiedMs: number | null;
  /** Number (from 1) of the last batch verified here. */
  lastBatch: number | null;
  /** Block height of that batch. */
  height: number | null;
  /** The highest block any source reported. */
  tip: number | null;
  /** Batches known to exist on the chain and not applied yet. */
  lagBatches: number;
  /** Batches applied, confirmed and overlay together. */
  batches: number;
  /** Batches of the overlay: applied, not confirmed deep enough yet. */
  overlayBatches: number;
  /** Transactions judged. */
  transactions: number;
  /** Transactions rejected. */
  rejected: number;
  /** Transactions whose rule was never published, or mints not checkable now. */
  unsettled: number;
  /** State root computed here at the head, `0x` hex. */
  stateRoot: string;
  /** The coordinator. */
  coordinator: CoordinatorState;
  /** The root it claims at the newest batch that both know, `0x` hex. */
  coordinatorRoot: string | null;
  /** Our root at that batch, `0x` hex. */
  comparedRoot: string | null;
  /** That batch's number. */
  comparedBatch: number | null;
  /** When the coordinator last answered, Unix ms. */
  coordinatorSeenMs: number | null;
  /** The sources and what they last said. */
  sources: Array<SourceView>;
  /** Sources that agree on the head. */
  sourcesAgreeing: number;
  /** Sources that must agree before a batch counts as confirmed. */
  sourcesNeeded: number;
  /** Open critical alerts. */
  alertsCritical: number;
  /** Open alerts of lesser severity. */
  alertsOther: number;
  /** Tokens that the vaults do not cover, by tag. */
  vaultsShort: Array<VaultShort>;
  /** Chains whose vault must not pay out. */
  halted: Array<string>;
  /** Whether the watchman of this program can sign. */
  signing: Signing;
  /** Payouts that wait for a person here. */
  awaiting: number;
  /** Why the core is `unfinished`: a code like `gap`, `altered`, `undecidable`, with the batch id where it has one. */
  unfinished: Reason | null;
  /** Name of the network for the rail's foot. */
  network: string;
  /** True for a devnet: play money. */
  practice: boolean;
  /** Blocks a batch must be deep before it counts as confirmed. */
  depthBlocks: number;
  /** Whether alerts reach the desktop's notification service. */
  notifications: Notifications;
};
