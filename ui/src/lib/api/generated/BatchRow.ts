// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A batch. */
export type BatchRow = {
  /** Number, from 1. */
  number: number;
  /** Arweave id. */
  id: string;
  /** Items. */
  items: number;
  /** Of them rejected. */
  rejected: number;
  /** When it was verified here, Unix ms. */
  verifiedMs: number;
  /** Root after it. */
  stateRoot: string;
  /** Block height, null while not mined. */
  height: number | null;
  /** Depth in blocks, the block itself counted. */
  depth: number | null;
  /** Deep enough and persisted. */
  confirmed: boolean;
};
