// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenCurve } from "./EvenCurve";
import type { EvenNodeRow } from "./EvenNodeRow";

/** Before and after. Weights and ranks are those that the epoch's own table gives, without the drift from the table before. */
export type EvenWhatIf = {
  /** As it is. */
  before: EvenNodeRow;
  /** As it would be, all other nodes unchanged. */
  after: EvenNodeRow;
  /** The curves after. */
  curve: EvenCurve;
};
