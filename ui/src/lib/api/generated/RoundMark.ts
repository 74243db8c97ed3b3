// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { MarkState } from "./MarkState";

/** What somebody did in a round. */
export type RoundMark = {
  /** How it stands. */
  state: MarkState;
  /** Since when, ms after the machines began. */
  afterMs: number | null;
};
