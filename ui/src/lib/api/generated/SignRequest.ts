// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Asks the members to sign. */
export type SignRequest = {
  /** The group. */
  group: string;
  /** A partially signed transaction (BIP 174), base64. */
  psbt: string;
};
