// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A member of a key. */
export type KeyMember = {
  /** Its number, for as long as the key lives. */
  number: number;
  /** What the roster calls it. */
  name: string;
  /** Its identity between watchmen; null if the roster no longer has it. */
  peer: string | null;
  /** This program. */
  me: boolean;
  /** Whether it is connected. */
  up: boolean;
};
