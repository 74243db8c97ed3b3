// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { GuardedVault } from "./GuardedVault";
import type { MemberRow } from "./MemberRow";
import type { Reason } from "./Reason";
import type { Signing } from "./Signing";
import type { WatchHalt } from "./WatchHalt";
import type { WatchmanMode } from "./WatchmanMode";

/** The watchman as it stands. */
export type WatchmanView = {
  /** How far it is. */
  mode: WatchmanMode;
  /** Why it failed. */
  why: Reason | null;
  /** Whether it can sign. */
  signing: Signing;
  /** Its account; null while not set up. */
  owner: string | null;
  /** Its identity between watchmen. */
  peer: string | null;
  /** Where it listens. */
  listening: Array<string>;
  /** Where its files lie: what `everwatchd watchman … --data-dir` names. */
  dataDir: string;
  /** Entries in the journal. */
  journalEntries: number;
  /** Hash of its last entry. */
  journalHead: string | null;
  /** The vaults it guards. */
  vaults: Array<GuardedVault>;
  /** The watchmen, this one among them. */
  members: Array<MemberRow>;
  /** What halts a vault. */
  halts: Array<WatchHalt>;
  /** What is wrong now: code is the part (`chain/ethereum`, `ledger`, `keystore`), subject says what. */
  troubles: Array<Reason>;
  /** Payouts that wait for a person here. */
  awaiting: number;
  /** Payouts on their way. */
  onTheWay: number;
};
