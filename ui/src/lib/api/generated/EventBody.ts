// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { AlertRow } from "./AlertRow";
import type { BatchRow } from "./BatchRow";
import type { ChainName } from "./ChainName";
import type { Status } from "./Status";

/** What happened. */
export type EventBody =
  | { "type": "status", "data": Status }
  | { "type": "batch", "data": BatchRow }
  | { "type": "alert", "data": AlertRow }
  | { "type": "reloaded" }
  | { "type": "vaults" }
  | { "type": "deposits", "data": ChainName }
  | { "type": "keystore" }
  | { "type": "watchman" }
  | { "type": "ceremonies" }
  | { "type": "even" };
