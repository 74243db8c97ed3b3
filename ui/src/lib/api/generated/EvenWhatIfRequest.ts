// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** What if a node had other inputs. Null: as it is. */
export type EvenWhatIfRequest = {
  /** Node id, hex. */
  node: string;
  /** Nominal work a second. */
  capacity: number | null;
  /** Final messages stamped a second. */
  speed: number | null;
  /** Final messages stamped in the epoch. */
  activity: number | null;
  /** Stake, units as decimal text. */
  stake: string | null;
};
