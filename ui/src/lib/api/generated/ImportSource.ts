// Generated from crates/app/src/api.rs by `make types`. Do not edit.

/** In what form a key comes. */
export type ImportSource = { "kind": "phrase",
/** The words. */
phrase: string,
/** The passphrase beside it, mostly empty. */
passphrase: string,
/** Which account, from 0. */
index: number, } | { "kind": "evmKey",
/** 64 hexadecimal digits. */
hex: string, } | { "kind": "keyFile",
/** The file's text. */
json: string,
/** Its password. */
password: string, } | { "kind": "arweave",
/** The file's text. */
json: string, };
