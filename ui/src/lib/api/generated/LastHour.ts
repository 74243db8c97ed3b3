// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Minute } from "./Minute";

/** The last hour. */
export type LastHour = {
  /** 60 minutes, oldest first; the last one is still running. */
  minutes: Array<Minute>;
};
