// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A watchman and one payout. */
export type SignerView = {
  /** What people call it. */
  name: string;
  /** Its account. */
  owner: string;
  /** It is the one of this program. */
  isMe: boolean;
  /** `signed`, `not_yet`, `unreachable`, `quarantine`, `accused`, `not_owner`. */
  state: string;
  /** When a quarantine ends, Unix ms. */
  untilMs: number | null;
};
