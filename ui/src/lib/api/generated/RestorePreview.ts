// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { KeyRow } from "./KeyRow";

/** What restoring a backup would do. The backup stays open here for ten minutes. */
export type RestorePreview = {
  /** The file; null: the person chose none. */
  path: string | null;
  /** Keys that would be added. */
  added: Array<KeyRow>;
  /** Keys that are here already. */
  present: Array<KeyRow>;
  /** Keys whose label differs: as they are in the backup. */
  differing: Array<KeyRow>;
};
