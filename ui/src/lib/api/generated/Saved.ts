// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A file that was written, or not because the person closed the window that asks where. */
export type Saved = {
  /** Its path; null: nothing was written. */
  path: string | null;
};
