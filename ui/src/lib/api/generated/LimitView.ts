// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** A limit of the policy. */
export type LimitView = {
  /** `payoutMax`, `window`, `recipient`, `delay`, `autoUpTo`. */
  rule: string;
  /** Counted already, base units of the ledger. */
  used: string;
  /** What this payout adds. */
  adds: string;
  /** The limit; null: none. */
  max: string | null;
  /** Hours of a window. */
  hours: number | null;
  /** When there is room, or the delay ends, Unix ms. */
  untilMs: number | null;
  /** Whether it lets this payout pass now. */
  holds: boolean;
};
