// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { SessionState } from "./SessionState";

/** A session of signing in the list. */
export type SessionRow = {
  /** Id, hex. */
  id: string;
  /** The key's name. */
  label: string;
  /** The group that signs, hex. */
  group: string;
  /** Who asks. */
  proposer: string;
  /** How far it is. */
  state: SessionState;
  /** What leaves the key, satoshi: all outputs that are not its own, and the fee. */
  amount: string;
  /** First foreign recipient's address; null if all stays. */
  to: string | null;
  /** Signatures asked for. */
  inputs: number;
  /** Members that approved. */
  approved: number;
  /** Members that must. */
  threshold: number;
  /** Unix ms. */
  askedMs: number;
};
