// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { CeremonyKind } from "./CeremonyKind";

/** A task of a shared key. */
export type KeyTaskRequest = {
  /** The group. */
  group: string;
  /** What: not key generation. */
  kind: CeremonyKind;
  /** Whom a removal leaves out, whose share a repair restores. */
  number: number | null;
};
