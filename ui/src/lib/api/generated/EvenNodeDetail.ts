// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenAhead } from "./EvenAhead";
import type { EvenCurve } from "./EvenCurve";
import type { EvenNodeRow } from "./EvenNodeRow";
import type { EvenPast } from "./EvenPast";
import type { Reason } from "./Reason";

/** Everything about a node. */
export type EvenNodeDetail = {
  /** Its row. */
  row: EvenNodeRow;
  /** Why it is where it is: codes `balanced`, `exchange_heavy`, `stake_heavy`, `blanks`, `passive`, `no_stake`, `muted`, `clipped`, `leader`. */
  reasons: Array<Reason>;
  /** The curves over the axis d. */
  curve: EvenCurve;
  /** Its past epochs, oldest first. */
  history: Array<EvenPast>;
  /** What the next epoch's end may bring, one point a step of the epoch ahead. */
  ahead: Array<EvenAhead>;
};
