// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Names a node. */
export type EvenNodeRequest = {
  /** Node id, hex. */
  node: string;
};
