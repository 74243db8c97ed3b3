// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BitcoinNetwork } from "./BitcoinNetwork";
import type { KeyMember } from "./KeyMember";

/** A key that several hold. */
export type SharedKey = {
  /** Id of the group in force, hex; changes with every refresh. */
  group: string;
  /** The key itself, x-only, hex; never changes. */
  key: string;
  /** What people call it. */
  label: string;
  /** Chain. */
  network: BitcoinNetwork;
  /** Who signs together at least. */
  threshold: number;
  /** Number of refreshes since it was made. */
  generation: number;
  /** Members. */
  members: Array<KeyMember>;
  /** Unix ms when this generation came into force. */
  sinceMs: number;
  /** Whether a share of this generation lies in the keystore. */
  share: boolean;
  /** Unix ms of the newest backup of this generation's share; null without one. */
  backedUpMs: number | null;
  /** Unix ms when that backup was opened and compared; null if never. */
  drilledMs: number | null;
  /** A ceremony that is not at its end concerns it. */
  busy: string | null;
};
