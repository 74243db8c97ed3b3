// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenMessage } from "./EvenMessage";

/** A window of the graph. */
export type EvenMessages = {
  /** The messages, oldest first. */
  messages: Array<EvenMessage>;
};
