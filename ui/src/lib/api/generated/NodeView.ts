// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A node of a vault's chain. */
export type NodeView = {
  /** Scheme, host and port; nothing more, since paths may hold keys. */
  name: string;
  /** `agrees`, `behind`, `disagrees`, `unreachable`, `otherChain`, `unknown`. */
  state: string;
  /** Its height. */
  height: number | null;
  /** Duration of its last answer in ms. */
  latencyMs: number | null;
  /** When it last answered, Unix ms. */
  seenMs: number | null;
};
