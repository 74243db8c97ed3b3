// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A share's backup. */
export type ShareBackupRequest = {
  /** The group. */
  group: string;
  /** The backup's own password. */
  password: string;
};
