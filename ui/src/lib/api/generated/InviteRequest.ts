// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BitcoinNetwork } from "./BitcoinNetwork";

/** Invites watchmen to make a key. */
export type InviteRequest = {
  /** What people will call the key: 1 to 40 characters. */
  label: string;
  /** Chain. */
  network: BitcoinNetwork;
  /** Who signs together at least. */
  threshold: number;
  /** The others' identities between watchmen, in the order of their numbers; we are number 1. */
  peers: Array<string>;
};
