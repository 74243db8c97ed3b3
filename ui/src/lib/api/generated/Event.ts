// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EventBody } from "./EventBody";

/** What the core tells without being asked. A gap in `seq` means: load anew. */
export type Event = {
  /** Consecutive number. */
  seq: number;
  /** What happened. */
  body: EventBody;
};
