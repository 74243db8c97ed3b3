// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { KeyMember } from "./KeyMember";

/** A member in a session. */
export type SessionMember = {
  /** Who. */
  member: KeyMember;
  /** `waiting`, `approved`, `declined`, `signed`, `broken`, `silent`, `spare`. */
  state: string;
};
