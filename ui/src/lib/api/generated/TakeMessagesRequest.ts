// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Text that a person carried here. */
export type TakeMessagesRequest = {
  /** One or more parts, in any order, separated by white space. */
  text: string;
};
