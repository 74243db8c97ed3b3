// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Field } from "./Field";

/** A deposit address and how it comes about, so that anybody can compute it again. */
export type KeyAddress = {
  /** The account; null for the key's own address. */
  account: string | null;
  /** The address. */
  address: string;
  /** The script, hex. */
  script: string;
  /** Steps of the derivation in order: `internal_key`, `leaf`, `root`, `tweak`, `output_key`, with hex values. */
  steps: Array<Field>;
  /** The command that computes the same offline. */
  command: string;
};
