// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BitcoinNetwork } from "./BitcoinNetwork";
import type { CeremonyEvent } from "./CeremonyEvent";
import type { CeremonyFailure } from "./CeremonyFailure";
import type { CeremonyMember } from "./CeremonyMember";
import type { CeremonyRow } from "./CeremonyRow";

/** A ceremony with everything that is known of it. */
export type CeremonyDetail = {
  /** As in the list. */
  row: CeremonyRow;
  /** Chain. */
  network: BitcoinNetwork;
  /** Who signs together at least. */
  threshold: number;
  /** Who invited. */
  proposer: number;
  /** Fingerprint of threshold, numbers and ceremony keys, hex. */
  fingerprint: string;
  /** Its check words: all who take part must see the same. */
  words: Array<string>;
  /** Who takes part. */
  members: Array<CeremonyMember>;
  /** Who is left out or gets its share back, in a removal and a repair. */
  subject: number | null;
  /** Names of the rounds in order: codes such as `announce`, `echo`, `pieces`, `confirm`, `test`, `verified`, `sum`. */
  rounds: Array<string>;
  /** It ends by itself then if nobody says anything new, Unix ms; null while people compare and after its end. */
  givesUpMs: number | null;
  /** Why it failed. */
  failure: CeremonyFailure | null;
  /** The group that came out, hex. */
  outcome: string | null;
  /** What happened, oldest first; the newest of them at most. */
  log: Array<CeremonyEvent>;
};
