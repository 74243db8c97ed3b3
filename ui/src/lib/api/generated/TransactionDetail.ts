// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { CheckView } from "./CheckView";
import type { Field } from "./Field";
import type { TransactionRow } from "./TransactionRow";

/** Everything about one transaction. */
export type TransactionDetail = {
  /** The row. */
  row: TransactionRow;
  /** The fields as signed, in signing order, with `sig` last. */
  fields: Array<Field>;
  /** The exact signed text. */
  message: string;
  /** The checks in the order they ran. */
  checks: Array<CheckView>;
  /** Arweave id of its batch. */
  batchId: string;
  /** Items in that batch. */
  batchItems: number;
  /** Block height; null while not mined. */
  height: number | null;
  /** Depth in blocks, the block itself counted. */
  depth: number | null;
  /** State root after its batch. */
  stateRootAfter: string;
  /** When it was verified here, Unix ms. */
  verifiedMs: number;
  /** Key of the alert it caused. */
  alert: string | null;
  /** A burn that no vault pays out yet. */
  payoutWaits: boolean;
};
