// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { PayoutGroup } from "./PayoutGroup";

/** Which payouts. */
export type PayoutsRequest = {
  /** Only this group. */
  group: PayoutGroup | null;
  /** Only this chain. */
  chain: string | null;
  /** Only this token tag. */
  tag: string | null;
  /** Only those whose everHash or recipient holds this text. */
  text: string | null;
  /** Where the previous page ended; null for the first. */
  cursor: string | null;
  /** Rows wanted, 1 to 200. */
  limit: number;
};
