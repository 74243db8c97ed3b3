// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A change of password. */
export type ChangePasswordRequest = {
  /** The one that opens it now. */
  current: string;
  /** The one that shall. */
  new: string;
};
