// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One key. */
export type KeyRow = {
  /** Stable id. */
  id: string;
  /** What its user calls it. */
  label: string;
  /** `evm`, `arweave` or `share` (a secret of this program, such as the key of a seal). */
  kind: string;
  /** The account that it signs for; null for a share. */
  account: string | null;
  /** When it came in, Unix ms. */
  createdMs: number;
  /** Whether the watchman of this program signs with it. */
  watchman: boolean;
};
