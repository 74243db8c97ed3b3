// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** The request of a command that needs none: `{}`. */
export type Nothing = Record<symbol, never>;
