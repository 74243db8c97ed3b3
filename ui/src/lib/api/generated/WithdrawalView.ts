// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { PathStep } from "./PathStep";

/** The way of one withdrawal. */
export type WithdrawalView = {
  /** The burn. */
  everHash: string;
  /** Its steps in their order. */
  steps: Array<PathStep>;
  /** How many watchmen have signed; null when no watchman runs here: only they know. */
  signed: number | null;
  /** How many must. */
  needed: number | null;
  /** Names of those who have not signed yet. */
  unsigned: Array<string>;
  /** The payment on its chain. */
  tx: string | null;
};
