// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { BalanceView } from "./BalanceView";

/** An account as computed here. */
export type AccountView = {
  /** Canonical id. */
  account: string;
  /** `ethereum`, `arweave` or `eid`. */
  kind: string;
  /** Last used nonce, decimal text; null when it never signed. */
  nonce: string | null;
  /** Non-zero balances. */
  balances: Array<BalanceView>;
  /** Number of the batch after which these hold. */
  asOfBatch: number;
  /** State root they are part of. */
  stateRoot: string;
};
