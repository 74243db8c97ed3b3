// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BitcoinNetwork } from "./BitcoinNetwork";
import type { CeremonyFailure } from "./CeremonyFailure";
import type { PaidOutput } from "./PaidOutput";
import type { SessionMember } from "./SessionMember";
import type { SessionRow } from "./SessionRow";
import type { SpentCoin } from "./SpentCoin";

/** A session with what would be signed, read back from the bytes. */
export type SessionDetail = {
  /** As in the list. */
  row: SessionRow;
  /** Chain. */
  network: BitcoinNetwork;
  /** Digest of what is signed, hex. */
  digest: string;
  /** Its check words. */
  words: Array<string>;
  /** Id of the transaction, hex. */
  txid: string;
  /** Coins that are spent. */
  spends: Array<SpentCoin>;
  /** Where they go. */
  pays: Array<PaidOutput>;
  /** Fee, satoshi. */
  fee: string;
  /** Fee rate, satoshi per thousand virtual bytes. */
  feeRate: number;
  /** Members and how they stand. */
  members: Array<SessionMember>;
  /** Why it failed. */
  failure: CeremonyFailure | null;
  /** The signed transaction, hex, when it is there. */
  transaction: string | null;
  /** The command that shows the same from a second process. */
  secondSurface: string;
  /** Unix ms when it gives up. */
  givesUpMs: number | null;
};
