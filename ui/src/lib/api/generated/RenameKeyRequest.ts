// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Gives a key another label. */
export type RenameKeyRequest = {
  /** Its id. */
  id: string;
  /** The new label. */
  label: string;
};
