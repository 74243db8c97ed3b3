// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A watchman of the roster. */
export type CeremonyPeer = {
  /** Its identity between watchmen. */
  peer: string;
  /** What the roster calls it. */
  name: string;
  /** Whether it is connected. */
  up: boolean;
  /** This program. */
  me: boolean;
  /** Its ceremony key as it says itself; null until it was connected once. */
  key: string | null;
  /** Check words of that. */
  words: Array<string>;
};
