// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { KeyMember } from "./KeyMember";
import type { RoundMark } from "./RoundMark";

/** Somebody who takes part. */
export type CeremonyMember = {
  /** Who. */
  member: KeyMember;
  /** Ceremony key, hex. */
  key: string;
  /** Its check words. */
  words: Array<string>;
  /** A person here compared them; null for ourselves. */
  compared: boolean | null;
  /** It joined. */
  joined: boolean;
  /** What it did in each round, in the order of `rounds`. */
  marks: Array<RoundMark>;
};
