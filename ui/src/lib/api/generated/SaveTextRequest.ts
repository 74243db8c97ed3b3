// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A text to be written to a file that the person chooses. */
export type SaveTextRequest = {
  /** Proposed name of the file. */
  name: string;
  /** The text. */
  text: string;
};
