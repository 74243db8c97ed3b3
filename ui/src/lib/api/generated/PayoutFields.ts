// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** The fields of what would be signed. */
export type PayoutFields = {
  /** The 32 bytes that keys sign, hex. */
  digest: string;
  /** Its first 66 bits as six check words. */
  words: Array<string>;
  /** The vault's id of the payout, hex. */
  id: string;
  /** EIP-155 id of the chain. */
  chainId: string;
  /** The vault. */
  contract: string;
  /** Arweave id of the batch whose number the proposal has. */
  batch: string;
  /** The burn. */
  everHash: string;
  /** `coin`, `transfer` or `mint`. */
  call: string;
  /** Contract of the token; null for the chain's coin. */
  token: string | null;
  /** Who is paid. */
  to: string;
  /** How much, base units of the chain. */
  amount: string;
};
