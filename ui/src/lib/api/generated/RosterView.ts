// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { MemberRow } from "./MemberRow";

/** The watchmen by file. */
export type RosterView = {
  /** The file's text, formatted. */
  text: string;
  /** How long somebody new waits. */
  quarantineHours: number;
  /** The members. */
  members: Array<MemberRow>;
};
