// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { WithdrawToken } from "./WithdrawToken";

/** What can be withdrawn where, and by whom. */
export type WithdrawOptions = {
  /** Whether a coordinator is configured: without one nothing can be handed in. */
  coordinator: boolean;
  /** Tokens with the chains that pay them out, by tag. */
  tokens: Array<WithdrawToken>;
};
