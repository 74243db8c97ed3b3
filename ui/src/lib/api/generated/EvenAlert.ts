// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Field } from "./Field";

/** What needs a look. */
export type EvenAlert = {
  /** `rating_falls` and `passive` (of watched nodes; of all while none of the network's is watched), `conflict` (on a watched node's addresses), `cap_near`, `equivocation`, `two_final`. */
  code: string;
  /** The node it is about; null for the network. */
  node: string | null;
  /** What it is called here. */
  label: string | null;
  /** Since when, Unix ms. */
  sinceMs: number;
  /** Numbers for the sentence: `from`, `to`, `share`, `message`. */
  params: Array<Field>;
};
