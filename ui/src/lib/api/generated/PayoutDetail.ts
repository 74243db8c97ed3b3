// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { CheckView } from "./CheckView";
import type { LimitView } from "./LimitView";
import type { PathStep } from "./PathStep";
import type { PayoutFields } from "./PayoutFields";
import type { PayoutRow } from "./PayoutRow";
import type { Reason } from "./Reason";
import type { SignerView } from "./SignerView";

/** Everything about one payout. */
export type PayoutDetail = {
  /** The row. */
  row: PayoutRow;
  /** What would be signed, read back out of its bytes; null until the burn is verified. */
  fields: PayoutFields | null;
  /** W1 to W6, in this order. */
  checks: Array<CheckView>;
  /** The policy's limits beside what is used. */
  limits: Array<LimitView>;
  /** The watchmen and whether they signed. */
  signers: Array<SignerView>;
  /** The states, passed and to come. */
  path: Array<PathStep>;
  /** Sources that contradict the others, by name. */
  differing: Array<string>;
  /** Whether a person may approve it now. */
  canApprove: boolean;
  /** Whether a person may refuse it now. */
  canRefuse: boolean;
  /** Whether a person may let it try again. */
  canReopen: boolean;
  /** Why it cannot be approved: `locked`, `not_asked`, `check_fails`, `needs_window`, `not_running`. */
  whyNot: string | null;
  /** Who approved, refused, and why. */
  decided: Array<Reason>;
  /** The command that shows the same on a second surface. */
  command: string;
};
