// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Which deposits. */
export type DepositsRequest = {
  /** Only this chain's. */
  chain: string | null;
  /** Only those credited to this account. */
  account: string | null;
  /** True: only those that cannot be credited to anybody. */
  stranded: boolean;
  /** Where the previous page ended; null for the newest. */
  cursor: string | null;
  /** Rows wanted, 1 to 200. */
  limit: number;
};
