// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A language. */
export type LanguageRequest = {
  /** `en` or `zh`. */
  language: string;
};
