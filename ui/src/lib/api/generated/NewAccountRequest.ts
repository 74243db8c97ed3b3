// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { WordCheck } from "./WordCheck";

/** Makes an account of the phrase that was shown. */
export type NewAccountRequest = {
  /** What its user calls it. */
  label: string;
  /** Some of the words that were shown, by place (from 1), to show that they were written down: at least three. */
  check: Array<WordCheck>;
};
