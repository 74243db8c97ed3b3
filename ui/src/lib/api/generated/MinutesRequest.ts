// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** How long an unlock lasts. */
export type MinutesRequest = {
  /** Minutes, 1 to 1440. */
  minutes: number;
};
