// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Why a command could not be answered. The page acts on `code` alone. */
export type CommandError = {
  /**
   * A stable code: `invalid_request`, `invalid_account`, `not_found`, `starting`, `core_fault`, `not_watched`; of
   * `postMint` and `withdraw` beside them `not_ready`, `stranded`, `no_coordinator`, `refused`, `unreachable`; of keys
   * `no_keystore`, `keystore_exists`, `locked`, `wrong_password`, `weak_password`, `bad_key`, `bad_label`, `key_exists`,
   * `no_phrase`, `wrong_words`, `in_use`, `file`; of the watchman `not_set_up`, `not_running`, `refused`; of shared keys
   * `not_compared`, `key_unknown` (a watchman never said its ceremony key), `too_few`, `key_busy`, `in_doubt`, `known`,
   * `outdated`, `no_share`, `bad_psbt`, `bad_backup`, `bad_text`; of what a person must confirm outside the page
   * `needs_window` (this shell has none), `declined`; of the server `unauthorized`, `forbidden`, `read_only`, `too_large`,
   * `busy`.
   */
  code: string;
  /** For a log or a detail view; not a sentence for people. */
  message: string;
};
