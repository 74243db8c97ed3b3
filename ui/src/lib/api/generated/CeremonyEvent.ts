// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Field } from "./Field";

/** A line of a ceremony's log. */
export type CeremonyEvent = {
  /** Unix ms. */
  atMs: number;
  /** What: `invited`, `joined`, `compared`, `began`, `sent`, `received`, `refused`, `up`, `down`, `staged`, `in_force`, `failed`, `stopped`. */
  code: string;
  /** Whom it is about. */
  member: number | null;
  /** Numbers and names for the sentence. */
  params: Array<Field>;
};
