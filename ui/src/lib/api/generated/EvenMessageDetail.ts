// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenMessage } from "./EvenMessage";
import type { EvenRound } from "./EvenRound";
import type { Field } from "./Field";

/** Everything about a message. */
export type EvenMessageDetail = {
  /** The message. */
  message: EvenMessage;
  /** Its votes by round. */
  rounds: Array<EvenRound>;
  /** Nodes that are locked on it. */
  locked: number;
  /** Their weight, of the denominator. */
  lockedPpm: number;
  /** Name of its payment, hex. */
  bundle: string;
  /** Transactions; 0 in a network of more than 50 nodes, whose messages have no bytes. */
  transactions: number;
  /** Bytes; 0 as above. */
  bytes: number;
  /** Addresses it spends from, with amounts. */
  inputs: Array<Field>;
  /** Addresses it pays, with amounts. */
  outputs: Array<Field>;
};
