// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Messages that a person carries: to a watchman that is connected to nothing, and back. */
export type CarriedMessages = {
  /** Text parts for a file or a series of QR codes; each says which of how many it is. Empty: nothing to carry now. */
  parts: Array<string>;
};
