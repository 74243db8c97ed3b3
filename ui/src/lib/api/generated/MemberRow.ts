// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A watchman. */
export type MemberRow = {
  /** What people call it. */
  name: string;
  /** Its account. */
  owner: string;
  /** Its identity between watchmen. */
  peer: string;
  /** Where it is reached. */
  addresses: Array<string>;
  /** It is the one of this program. */
  isMe: boolean;
  /** Connected and answering. */
  up: boolean;
  /** Why not: a code. */
  trouble: string | null;
  /** In quarantine until then, Unix ms. */
  quarantineUntilMs: number | null;
  /** Found to have signed what no burn justifies. */
  accused: boolean;
  /** How far its replay has come, by its own word. */
  batch: number | null;
  /** Its state root there. */
  root: string | null;
  /** Eight check words of its key and identity, to be compared by voice. */
  words: Array<string>;
};
