// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A password and what is made with it. */
export type PasswordRequest = {
  /** The password. */
  password: string;
};
