// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A policy or roster as people write it. */
export type TextRequest = {
  /** JSON, as `docs/watchmen.md` describes it. */
  text: string;
};
