// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Starts a practice network in this program. */
export type StartEvenRequest = {
  /** Nodes, 4 to 200. */
  nodes: number;
  /** Seed, decimal text; null: one at random. */
  seed: string | null;
};
