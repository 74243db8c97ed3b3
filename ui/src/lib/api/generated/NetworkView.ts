// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Locker } from "./Locker";
import type { TokenView } from "./TokenView";

/** What is watched. */
export type NetworkView = {
  /** Name for people. */
  name: string;
  /** True for a devnet. */
  practice: boolean;
  /** Arweave address that writes the batches. */
  owner: string;
  /** Coordinator API, if configured. */
  coordinator: string | null;
  /** Gateways. */
  gateways: Array<string>;
  /** Account that receives fees. */
  feeRecipient: string;
  /** Where assets are locked, by chain. */
  lockers: Array<Locker>;
  /** False: the token list was not known, tokens are what their first transaction says. */
  tokensListed: boolean;
  /** Tokens with supply. */
  tokens: Array<TokenView>;
};
