// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names an alert. */
export type AlertRequest = {
  /** Its key. */
  key: string;
};
