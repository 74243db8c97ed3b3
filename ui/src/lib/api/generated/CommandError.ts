// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Why a command could not be answered. The page acts on `code` alone. */
export type CommandError = {
  /**
   * A stable code: `invalid_request`, `invalid_account`, `not_found`, `starting`, `core_fault`, `not_watched`; of
   * `postMint` beside them `not_ready`, `stranded`, `no_coordinator`, `refused`, `unreachable`; of the server
   * `unauthorized`, `forbidden`, `read_only`, `too_large`, `busy`.
   */
  code: string;
  /** For a log or a detail view; not a sentence for people. */
  message: string;
};
