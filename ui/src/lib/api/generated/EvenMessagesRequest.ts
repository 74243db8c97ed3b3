// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Which messages. */
export type EvenMessagesRequest = {
  /** At most so many, the newest, 1 to 300. */
  limit: number;
  /** Only messages of this node. */
  node: string | null;
};
