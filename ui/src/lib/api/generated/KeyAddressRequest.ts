// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** An address of a key. */
export type KeyAddressRequest = {
  /** The group. */
  group: string;
  /** The everPay account; null for the key's own address. */
  account: string | null;
};
