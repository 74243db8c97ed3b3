//! What a batch changed: enough to store it, and to undo it.

use super::account::{Account, TokenIndex};
use super::tokens::TokenState;
use crate::account::AccountId;
use crate::codec::{DecodeError, Reader, Writer};
use crate::hash::StateRoot;
use crate::mint::{MintFingerprint, Minted};
use crate::token::TokenTag;

/// Everything one batch changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchChange {
    /// The root before.
    pub root_before: StateRoot,
    /// The root after.
    pub root: StateRoot,
    /// Accounts that differ, sorted by id.
    pub accounts: Vec<AccountChange>,
    /// Tokens that differ, sorted by index.
    pub tokens: Vec<TokenChange>,
    /// Deposits minted, in order.
    pub mints: Vec<Minted>,
    /// Transactions applied.
    pub applied: u64,
}

/// One account before and after; `None` is an account never seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    /// The account.
    pub id: AccountId,
    /// Before the batch.
    pub before: Option<Account>,
    /// After the batch.
    pub after: Option<Account>,
}

/// One token before and after; `None` is a token never seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenChange {
    /// The token.
    pub tag: TokenTag,
    /// Its place in balances.
    pub index: TokenIndex,
    /// Before the batch.
    pub before: Option<TokenState>,
    /// After the batch.
    pub after: Option<TokenState>,
}

/// Version byte of the stored form.
const VERSION: u8 = 2;

impl BatchChange {
    /// The stored form, which only [`BatchChange::decode`] of the same version reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u8(VERSION);
        out.bytes(self.root_before.as_bytes());
        out.bytes(self.root.as_bytes());
        out.u64(self.applied);
        out.len(self.accounts.len());
        for change in &self.accounts {
            out.blob(&change.id.to_bytes());
            write_option(&mut out, change.before.as_ref(), |out, account| account.write(out));
            write_option(&mut out, change.after.as_ref(), |out, account| account.write(out));
        }
        out.len(self.tokens.len());
        for change in &self.tokens {
            out.text(change.tag.as_str());
            out.u32(change.index.get());
            write_option(&mut out, change.before.as_ref(), write_token);
            write_option(&mut out, change.after.as_ref(), write_token);
        }
        out.len(self.mints.len());
        for mint in &self.mints {
            out.text(mint.tag.as_str());
            out.text(mint.deposit.as_str());
        }
        out.finish()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// Bytes that [`BatchChange::encode`] cannot have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        if input.u8()? != VERSION {
            return Err(DecodeError);
        }
        let root_before = StateRoot::new(input.array()?);
        let root = StateRoot::new(input.array()?);
        let applied = input.u64()?;
        let accounts = read_list(&mut input, |input| {
            Ok(AccountChange {
                id: AccountId::from_bytes(input.blob()?).map_err(|_| DecodeError)?,
                before: read_option(input, Account::read)?,
                after: read_option(input, Account::read)?,
            })
        })?;
        let tokens = read_list(&mut input, |input| {
            Ok(TokenChange {
                tag: TokenTag::from_text(&input.text()?),
                index: TokenIndex::new(input.u32()?),
                before: read_option(input, read_token)?,
                after: read_option(input, read_token)?,
            })
        })?;
        let mints = read_list(&mut input, |input| {
            Ok(Minted { tag: TokenTag::from_text(&input.text()?), deposit: MintFingerprint::from_text(input.text()?) })
        })?;
        input.finish()?;
        Ok(Self { root_before, root, accounts, tokens, mints, applied })
    }
}

fn write_token(out: &mut Writer, token: &TokenState) {
    out.text(&token.chain_id);
    out.amount(token.supply);
}

fn read_token(input: &mut Reader<'_>) -> Result<TokenState, DecodeError> {
    Ok(TokenState { chain_id: input.text()?, supply: input.amount()? })
}

fn write_option<T>(out: &mut Writer, value: Option<&T>, write: impl Fn(&mut Writer, &T)) {
    out.u8(u8::from(value.is_some()));
    if let Some(value) = value {
        write(out, value);
    }
}

fn read_option<'a, T>(
    input: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    match input.u8()? {
        0 => Ok(None),
        1 => read(input).map(Some),
        _ => Err(DecodeError),
    }
}

fn read_list<'a, T>(
    input: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    // No capacity in advance: the count is foreign, each element takes at least a byte.
    let mut list = Vec::new();
    for _ in 0..input.len()? {
        list.push(read(input)?);
    }
    Ok(list)
}
