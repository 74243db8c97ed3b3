// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/**
 * A new phrase, to be written down before its account is made. It is forgotten when the account was added, the keystore
 * locked, another one asked for, or ten minutes have passed.
 */
export type PhraseView = {
  /** The words, in their order. */
  words: Array<string>;
  /** The account that they give. */
  account: string;
};
