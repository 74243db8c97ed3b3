// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { ChangeRow } from "./ChangeRow";

/** What a new policy or roster changes. */
export type ChangePreview = {
  /** The changes, in the order of their paths; empty: none. */
  changes: Array<ChangeRow>;
  /** Why the text cannot be used; machine text that names the place. */
  error: string | null;
};
