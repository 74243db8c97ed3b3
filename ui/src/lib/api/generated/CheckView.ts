// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One check of a transaction. */
export type CheckView = {
  /** Code: `hash`, `signature`, `nonce`, `token`, `fee`, `balance`, `inBatch`, `batchOwner`, `parent`, `deposit`. */
  code: string;
  /** `holds`, `fails`, `notReached`, `notCheckable`. */
  result: string;
  /** A fact that shows it, machine text. */
  fact: string;
};
