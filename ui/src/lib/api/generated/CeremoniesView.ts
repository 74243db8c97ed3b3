// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { CeremonyPeer } from "./CeremonyPeer";
import type { CeremonyRow } from "./CeremonyRow";
import type { Reason } from "./Reason";
import type { SessionRow } from "./SessionRow";
import type { SharedKey } from "./SharedKey";
import type { WatchmanMode } from "./WatchmanMode";

/** All shared keys and ceremonies of this program. */
export type CeremoniesView = {
  /** They run with the watchman. */
  mode: WatchmanMode;
  /** Own ceremony key, hex; null before the keystore was opened. */
  ownKey: string | null;
  /** Its check words. */
  ownWords: Array<string>;
  /** Watchmen who can be invited. */
  peers: Array<CeremonyPeer>;
  /** Keys of which this program holds a share, or held one. */
  keys: Array<SharedKey>;
  /** Ceremonies, the newest first. */
  ceremonies: Array<CeremonyRow>;
  /** Sessions of signing, those that wait for a person first. */
  sessions: Array<SessionRow>;
  /** What is wrong now. */
  troubles: Array<Reason>;
};
