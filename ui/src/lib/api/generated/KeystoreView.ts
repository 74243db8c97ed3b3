// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { KeyRow } from "./KeyRow";

/** The keystore as a page may know it. */
export type KeystoreView = {
  /** Whether there is a file. */
  exists: boolean;
  /** Where it is, or would be made. */
  path: string;
  /** Whether keys can sign now. */
  unlocked: boolean;
  /** For how long still, ms; null while locked. */
  leftMs: number | null;
  /** How long an unlock lasts, minutes. Using it does not lengthen it; `extendUnlock` does, up to a day after the password. */
  autoLockMinutes: number;
  /** The keys, in the order in which they came; empty while locked. */
  accounts: Array<KeyRow>;
  /** Whether this shell can ask in a window of its own and choose files; false behind the headless server. */
  native: boolean;
};
