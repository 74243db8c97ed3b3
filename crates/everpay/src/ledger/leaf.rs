//! What the leaves of the state tree say, byte by byte (docs/state-root.md).

use crate::account::AccountId;
use crate::amount::Amount;
use crate::codec::Writer;
use crate::hash::Nonce;
use crate::mint::Minted;
use crate::rules::{Rules, TokenSpec, Tokens};
use crate::token::TokenTag;

/// Name and version of the format; the first bytes of the rules leaf.
const FORMAT: &str = "everwatch state 2";

/// Domain byte of keys; leaves have 0 and branches 1.
const KEY: u8 = 2;

const ACCOUNT: u8 = 1;
const TOKEN: u8 = 2;
const MINT: u8 = 3;
const RULES: u8 = 4;

pub(super) fn account_key(id: &AccountId) -> [u8; 32] {
    let (kind, bytes) = id.parts();
    crypto::sha256_parts(&[&[KEY, ACCOUNT, kind], bytes])
}

pub(super) fn token_key(tag: &TokenTag) -> [u8; 32] {
    crypto::sha256_parts(&[&[KEY, TOKEN], tag.as_str().as_bytes()])
}

pub(super) fn mint_key(mint: &Minted) -> [u8; 32] {
    let mut out = Writer::default();
    out.text(mint.tag.as_str());
    out.text(mint.deposit.as_str());
    crypto::sha256_parts(&[&[KEY, MINT], &out.finish()])
}

pub(super) fn rules_key() -> [u8; 32] {
    crypto::sha256(&[KEY, RULES])
}

/// The hash of an account's value. `balances` come sorted by tag, without zeros, each with the key of its token.
pub(super) fn account_value(nonce: Nonce, balances: &[([u8; 32], Amount)]) -> [u8; 32] {
    const HEAD: usize = 12;
    const ENTRY: usize = 64;
    let mut value = Vec::with_capacity(HEAD + ENTRY * balances.len());
    value.extend_from_slice(&nonce.get().to_be_bytes());
    value.extend_from_slice(&u32::try_from(balances.len()).expect("fewer tokens than 2^32").to_be_bytes());
    for (token, amount) in balances {
        value.extend_from_slice(token);
        value.extend_from_slice(&amount.to_be_bytes());
    }
    crypto::sha256(&value)
}

/// A mint's leaf says only that it is there.
pub(super) fn mint_value() -> [u8; 32] {
    crypto::sha256(&[])
}

pub(super) fn rules_value(rules: &Rules) -> [u8; 32] {
    let mut out = Writer::default();
    out.text(FORMAT);
    out.text(&rules.owner);
    out.text(&rules.eth_chain_id);
    out.blob(&rules.fee_recipient.to_bytes());
    out.len(rules.lockers.len());
    for (chain, locker) in &rules.lockers {
        out.text(chain);
        out.text(locker);
    }
    out.u8(match rules.tokens {
        Tokens::Listed(_) => 1,
        Tokens::Open => 2,
    });
    crypto::sha256(&out.finish())
}

/// The part of a token's value that never changes.
pub(super) fn token_head(tag: &TokenTag, chain_id: &str, spec: Option<&TokenSpec>) -> Vec<u8> {
    let mut out = Writer::default();
    out.text(tag.as_str());
    out.text(chain_id);
    let Some(spec) = spec else {
        out.u8(2);
        return out.finish();
    };
    out.u8(1);
    out.u8(spec.decimals);
    out.bytes(&spec.transfer_fee.to_be_bytes());
    out.bytes(&spec.bundle_fee.to_be_bytes());
    out.len(spec.burn_fees.len());
    for (target, fee) in &spec.burn_fees {
        out.text(target);
        out.bytes(&fee.to_be_bytes());
    }
    out.len(spec.targets.len());
    for (name, target) in &spec.targets {
        out.text(name);
        out.text(&target.chain_id);
        out.text(&target.chain_type);
        out.u8(target.decimals);
        out.text(&target.token_id);
    }
    out.finish()
}

pub(super) fn token_value(head: &[u8], supply: Amount) -> [u8; 32] {
    crypto::sha256_parts(&[head, &supply.to_be_bytes()])
}
