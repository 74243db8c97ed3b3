//! The seam between those who want something signed and the key that signs it.
//!
//! What always holds: a signer signs what it is shown (a message or a whole transaction), never a bare digest, so that
//! no payload can be passed off as another; a key of one kind does not sign for another.
//! A key on a device can stand behind [`Signer`] as well as one of an unlocked file.

use std::fmt;
use std::sync::Weak;

use crypto::secp::EvmKey;
use everpay::{AccountId, Transaction, sign_evm};

use crate::entry::{EntryId, Record};
use crate::session::Shared;

/// Why there is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The session has ended.
    #[error("the keystore is locked")]
    Locked,
    /// The key was removed, or never was.
    #[error("the key is not in the keystore")]
    NoSuchKey,
    /// A key of this kind does not sign this.
    #[error("a key of this kind cannot do this")]
    WrongKind,
    /// The transaction is another account's.
    #[error("the transaction is not of this key's account")]
    OtherAccount,
    /// The bytes are no unsigned transaction of an EVM chain: neither a list nor a typed envelope.
    #[error("not a transaction of an EVM chain")]
    NotATransaction,
    /// The secret in the file is not that of the key's address.
    #[error("the key's secret does not belong to its address")]
    BadKey,
}

impl SignError {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::NoSuchKey => "no_such_key",
            Self::WrongKind => "wrong_kind_of_key",
            Self::OtherAccount => "other_account",
            Self::NotATransaction => "not_a_transaction",
            Self::BadKey => "bad_key",
        }
    }
}

impl From<crate::error::Locked> for SignError {
    fn from(_: crate::error::Locked) -> Self {
        Self::Locked
    }
}

/// A key that can be asked for signatures. `now_ms` is the caller's clock, the one that the session was unlocked by.
pub trait Signer: fmt::Debug + Send + Sync {
    /// The account that signs.
    fn account(&self) -> AccountId;

    /// Fills in the signature of an everPay transaction, whose other fields are final and whose `from` is this account.
    ///
    /// # Errors
    /// See [`SignError`]; `tx` is then as it was.
    fn sign_everpay(&self, tx: &mut Transaction, now_ms: u64) -> Result<(), SignError>;

    /// r ‖ s ‖ v over the EIP-191 hash of `message`: how owners approve a proposal to the lock contract, whose message is
    /// the proposal's 32-byte id.
    ///
    /// # Errors
    /// See [`SignError`].
    fn sign_evm_message(&self, message: &[u8], now_ms: u64) -> Result<[u8; 65], SignError>;

    /// r ‖ s ‖ v over Keccak-256 of an unsigned transaction: its RLP list, or its type byte (EIP-2718) and list.
    ///
    /// # Errors
    /// See [`SignError`].
    fn sign_evm_transaction(&self, unsigned: &[u8], now_ms: u64) -> Result<[u8; 65], SignError>;

    /// Fills in owner, signature and id of an Arweave transaction whose other fields are final.
    ///
    /// # Errors
    /// See [`SignError`]; `tx` is then as it was.
    fn sign_arweave(&self, tx: &mut arweave::Transaction, now_ms: u64) -> Result<(), SignError>;
}

/// A signer of an unlocked file. It keeps nothing alive: when the session goes, it has nothing left to sign with.
pub(crate) struct FileSigner {
    session: Weak<Shared>,
    id: EntryId,
    account: AccountId,
}

impl fmt::Debug for FileSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileSigner({})", self.account)
    }
}

impl FileSigner {
    pub(crate) fn new(session: Weak<Shared>, id: EntryId, account: AccountId) -> Self {
        Self { session, id, account }
    }

    fn with<T>(&self, now_ms: u64, sign: impl FnOnce(&Record) -> Result<T, SignError>) -> Result<T, SignError> {
        self.session.upgrade().ok_or(SignError::Locked)?.record(self.id, now_ms, sign)
    }

    fn with_evm<T>(&self, now_ms: u64, sign: impl FnOnce(&EvmKey) -> T) -> Result<T, SignError> {
        self.with(now_ms, |record| match self.account {
            AccountId::Evm(_) => record.evm_key().map(|key| sign(&key)).ok_or(SignError::BadKey),
            _ => Err(SignError::WrongKind),
        })
    }

    fn with_wallet<T>(&self, now_ms: u64, sign: impl FnOnce(&arweave::Wallet) -> T) -> Result<T, SignError> {
        self.with(now_ms, |record| match self.account {
            AccountId::Arweave(_) => record.wallet().map(sign).ok_or(SignError::BadKey),
            _ => Err(SignError::WrongKind),
        })
    }
}

impl Signer for FileSigner {
    fn account(&self) -> AccountId {
        self.account
    }

    fn sign_everpay(&self, tx: &mut Transaction, now_ms: u64) -> Result<(), SignError> {
        if AccountId::parse(&tx.from) != Ok(self.account) {
            return Err(SignError::OtherAccount);
        }
        match self.account {
            AccountId::Evm(_) => self.with_evm(now_ms, |key| sign_evm(tx, key)),
            _ => self.with_wallet(now_ms, |wallet| tx.sig = wallet.sign_message(tx.message().as_bytes())),
        }
    }

    fn sign_evm_message(&self, message: &[u8], now_ms: u64) -> Result<[u8; 65], SignError> {
        self.with_evm(now_ms, |key| key.sign_digest(&crypto::eip191_hash(message)))
    }

    fn sign_evm_transaction(&self, unsigned: &[u8], now_ms: u64) -> Result<[u8; 65], SignError> {
        if !is_transaction(unsigned) {
            return Err(SignError::NotATransaction);
        }
        self.with_evm(now_ms, |key| key.sign_digest(&crypto::keccak256(unsigned)))
    }

    fn sign_arweave(&self, tx: &mut arweave::Transaction, now_ms: u64) -> Result<(), SignError> {
        self.with_wallet(now_ms, |wallet| tx.sign(wallet))
    }
}

/// An RLP list, alone or after one of the type bytes in use (1 to 4), that fills the bytes exactly. Messages and typed
/// data that wallets sign begin with 0x19, so none of them passes.
fn is_transaction(bytes: &[u8]) -> bool {
    let list = match bytes {
        [1..=4, list @ ..] => list,
        list => list,
    };
    match list {
        [head @ 0xc0..=0xf7, rest @ ..] => rest.len() == usize::from(head - 0xc0),
        [head @ 0xf8..=0xff, rest @ ..] => {
            let Some((len, body)) = rest.split_at_checked(usize::from(head - 0xf7)) else { return false };
            // A shorter form exists for short lists, and lengths have no leading zero.
            let len = len.iter().try_fold(0_usize, |sum, byte| Some(sum.checked_mul(256)? + usize::from(*byte)));
            len == Some(body.len()) && body.len() > 55 && rest[0] != 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lists_pass_as_transactions() {
        let list = |body: usize| {
            let mut bytes = match body {
                0..=55 => vec![0xc0 + u8::try_from(body).expect("short")],
                56..=255 => vec![0xf8, u8::try_from(body).expect("one byte")],
                _ => vec![0xf9, u8::try_from(body >> 8).expect("two bytes"), (body & 0xff) as u8],
            };
            bytes.resize(bytes.len() + body, 1);
            bytes
        };
        for body in [0, 1, 55, 56, 200, 255, 256, 1000] {
            let bytes = list(body);
            assert!(is_transaction(&bytes), "{body}");
            assert!(is_transaction(&[&[2], &bytes[..]].concat()), "{body}");
            assert!(!is_transaction(&[&bytes[..], &[0]].concat()), "{body}");
            assert!(!is_transaction(&bytes[..bytes.len() - 1]), "{body}");
            for kind in [0, 5, 0x19, 0x7f, 0x80] {
                assert!(!is_transaction(&[&[kind], &bytes[..]].concat()), "{kind}");
            }
        }
        for bad in [
            &b""[..],
            b"\x02",
            b"\x19Ethereum Signed Message:\n32abcdefghijklmnopqrstuvwxyz012345",
            b"\x19\x01",
            &[0xf8, 1, 1],
            &[0xff; 12],
            &[0xff],
        ] {
            assert!(!is_transaction(bad), "{bad:?}");
        }
    }
}
