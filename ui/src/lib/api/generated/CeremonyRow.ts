// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { CeremonyKind } from "./CeremonyKind";
import type { CeremonyState } from "./CeremonyState";

/** A ceremony in the list. */
export type CeremonyRow = {
  /** Id, hex; never used twice. */
  id: string;
  /** What it does. */
  kind: CeremonyKind;
  /** Name of the key. */
  label: string;
  /** The key's group before it; null in key generation. */
  group: string | null;
  /** How far it is. */
  state: CeremonyState;
  /** A person has something to do here. */
  myTurn: boolean;
  /** Which attempt it is, from 1. */
  attempt: number;
  /** Unix ms. */
  begunMs: number;
  /** Unix ms; null while it goes on. */
  endedMs: number | null;
};
