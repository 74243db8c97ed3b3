// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One gateway. */
export type SourceView = {
  /** Its address as configured, without credentials. */
  url: string;
  /** `agrees`, `behind`, `disagrees`, `unreachable`, `altered`, `unknown`. */
  state: string;
  /** Its height. */
  height: number | null;
  /** Duration of its last answer in ms. */
  latencyMs: number | null;
  /** When it last answered, Unix ms. */
  seenMs: number | null;
};
