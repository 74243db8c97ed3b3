// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { Culprit } from "./Culprit";

/** Why a ceremony failed: who, why, what next. */
export type CeremonyFailure = {
  /** `culprit`, `disputed`, `silent`, `keystore_locked`, `restarted`, `rule`. */
  code: string;
  /** Who broke which rule: the code is the charge (`equivocation`, `commitments`, `secret_value`, …). */
  culprits: Array<Culprit>;
  /** Who stayed silent. */
  silent: Array<number>;
  /** Whether evidence can be saved that others can check. */
  proof: boolean;
  /** Whether starting again without the named ones is possible at this threshold. */
  canLeaveOut: boolean;
};
