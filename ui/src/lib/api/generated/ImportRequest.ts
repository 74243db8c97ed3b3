// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { ImportSource } from "./ImportSource";

/** Takes a key in. */
export type ImportRequest = {
  /** What its user calls it. */
  label: string;
  /** The key. */
  source: ImportSource;
};
