// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Opens the keystore. */
export type UnlockRequest = {
  /** Its password. */
  password: string;
  /** For how long, minutes, 1 to 1440; null: as set. */
  minutes: number | null;
};
