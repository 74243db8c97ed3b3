// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** One row of claim beside fact. */
export type Comparison = {
  /**
   * What is compared: `balanceBefore`, `payment`, `verdict`, `balanceAfter`, `signer`, `nonce`, `deposit`, `owner`, `dataRoot`,
   * `vault`.
   */
  what: string;
  /** As the batch has it. */
  claim: string;
  /** As computed here. */
  fact: string;
  /** True when both are the same. */
  equal: boolean;
};
