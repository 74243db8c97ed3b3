// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Puts a node on the watch-list or takes it off. */
export type WatchEvenRequest = {
  /** Node id, hex. */
  node: string;
  /** On it. */
  watched: boolean;
};
