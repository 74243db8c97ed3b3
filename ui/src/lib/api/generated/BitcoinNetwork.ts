// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** Where the shared key's money lives. */
export type BitcoinNetwork = "main" | "test" | "regtest";
