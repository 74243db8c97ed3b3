// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { EvenSort } from "./EvenSort";

/** Which nodes. */
export type EvenNodesRequest = {
  /** By what. */
  sort: EvenSort;
  /** The smallest first. */
  ascending: boolean;
  /** Only those whose id or name holds this text. */
  text: string | null;
  /** Only this state: `active`, `passive`, `noStake`; or `leader`, whatever its state. */
  state: string | null;
  /** Only watched ones. */
  watched: boolean;
  /** Rows to leave out from the first. */
  offset: number;
  /** Rows wanted, 1 to 200. */
  limit: number;
};
