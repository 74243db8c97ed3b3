// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { AlertRow } from "./AlertRow";

/** The alert list. */
export type AlertList = {
  /** Open first, worst first, newest first. */
  rows: Array<AlertRow>;
};
