// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A named text. */
export type Field = {
  /** Name of the field. */
  name: string;
  /** Its text as signed. */
  value: string;
};
