// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Sets a watchman up. */
export type SetUpRequest = {
  /** Id of the EVM key that signs. */
  key: string;
  /** Where the others reach this one: `host:port`. */
  listen: string;
  /** The roster; empty: none yet, the identity is made so that it can be told to the others. */
  roster: string;
  /** The policy. */
  policy: string;
};
