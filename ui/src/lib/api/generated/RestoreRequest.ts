// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Does what the preview said. */
export type RestoreRequest = {
  /** Ids of differing keys that become as they are in the backup. */
  takeTheirs: Array<string>;
};
