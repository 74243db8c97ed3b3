//! The watchman's secrets in a keystore: its account's key, its identity between watchmen, the key of its policy's seal.
//!
//! The last two are opaque shares with fixed names, made at random by [`add`]. What always holds: no secret leaves memory
//! that is wiped, but into the signer, the transport and the seal.

use crate::clock::now_ms;
use everpay::AccountId;
use keystore::{EditError, Identity, KeyError, Label, LabelError, NewKey, Session, ShareName, SignError, Signer};
use p2p::PeerId;
use rand::TryRngCore;
use std::sync::{Arc, PoisonError, RwLock};
use vault::payload::Payload;
use vault::seal::MacKey;
use vault::signature::{BadSignature, Owner, VerifiedSignature};
use vault_evm::release::{SignFault, TxSigner};
use zeroize::Zeroizing;

const PEER_SHARE: &[u8] = b"everwatch watchman peer";
const SEAL_SHARE: &[u8] = b"everwatch watchman policy seal";
const PEER_WHAT: &str = "the identity between watchmen";
const SEAL_WHAT: &str = "the key of the policy's seal";
const SEED_LEN: usize = 32;

/// Why keys cannot be used or added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The keystore does not give a key.
    #[error("the keystore does not give {what}")]
    Missing {
        /// Which.
        what: &'static str,
        /// Why.
        #[source]
        source: SignError,
    },
    /// A stored secret of another length.
    #[error("{0} in the keystore is not {SEED_LEN} bytes")]
    Length(&'static str),
    /// Not a key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Not a label.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// Not an EVM account's key.
    #[error("a watchman's key is the key of an EVM account")]
    NotEvm,
    /// The file was not written.
    #[error("the keystore was not changed")]
    Edit(#[from] EditError),
    /// No randomness.
    #[error("the system gives no randomness")]
    Random(#[source] rand::rand_core::OsError),
}

/// What a watchman works with. Ends with the session it was taken from, but for the identity, which lives in the transport.
pub(crate) struct Keys {
    pub(crate) hand: Hand,
    pub(crate) identity: p2p::Identity,
}

/// A public half of what [`add`] put into a keystore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Public {
    /// The account that signs payouts and pays for submissions.
    pub owner: Owner,
    /// The identity in the watchmen's network.
    pub peer: PeerId,
}

/// Adds a watchman's secrets: the given key of an EVM account (hex), and two made at random.
///
/// # Errors
/// [`KeysError`].
pub fn add(session: &Session, name: &str, key_hex: &str) -> Result<Public, KeysError> {
    let key = NewKey::from_evm_hex(key_hex)?;
    let Identity::Evm(address) = *key.identity() else { return Err(KeysError::NotEvm) };
    session.add(Label::new(name)?, key, now_ms())?;
    complete(session, name, Owner::new(address))
}

/// Adds the secrets that a watchman lacks whose account's key is in the keystore.
///
/// # Errors
/// [`KeysError`].
pub fn complete(session: &Session, name: &str, owner: Owner) -> Result<Public, KeysError> {
    for (label, name_of_share, what) in [("peer", PEER_SHARE, PEER_WHAT), ("policy seal", SEAL_SHARE, SEAL_WHAT)] {
        match share(session, name_of_share, what) {
            Ok(_) => {}
            Err(KeysError::Missing { source: SignError::NoSuchKey, .. }) => {
                let key = NewKey::from_share(share_name(name_of_share), seed()?.as_slice())?;
                session.add(Label::new(&format!("{name} {label}"))?, key, now_ms())?;
            }
            Err(fault) => return Err(fault),
        }
    }
    let peer = Keys::take(session, owner)?.identity.peer_id();
    Ok(Public { owner, peer })
}

/// The identity between watchmen, for a program that speaks with them and pays nothing out.
///
/// # Errors
/// [`KeysError::Missing`], [`KeysError::Length`].
pub fn peer_identity(session: &Session) -> Result<p2p::Identity, KeysError> {
    Ok(p2p::Identity::from_secret(share(session, PEER_SHARE, PEER_WHAT)?))
}

/// The key of the policy's seal.
///
/// # Errors
/// [`KeysError::Missing`], [`KeysError::Length`].
pub(crate) fn seal_key(session: &Session) -> Result<MacKey, KeysError> {
    Ok(MacKey::new(*share(session, SEAL_SHARE, SEAL_WHAT)?))
}

impl Keys {
    /// Takes what a watchman with this account works with.
    ///
    /// # Errors
    /// [`KeysError::Missing`], [`KeysError::Length`].
    pub(crate) fn take(session: &Session, owner: Owner) -> Result<Self, KeysError> {
        let id = Identity::Evm(*owner.as_bytes()).id();
        let signer = session.signer(id, now_ms());
        let signer = signer.map_err(|source| KeysError::Missing { what: "the account's key", source })?;
        Ok(Self { hand: Hand::new(signer), identity: peer_identity(session)? })
    }
}

fn seed() -> Result<Zeroizing<[u8; SEED_LEN]>, KeysError> {
    let mut seed = Zeroizing::new([0; SEED_LEN]);
    rand::rngs::OsRng.try_fill_bytes(&mut seed[..]).map_err(KeysError::Random)?;
    Ok(seed)
}

fn share_name(name: &[u8]) -> ShareName {
    ShareName::new(name).expect("the names above are short")
}

fn share(session: &Session, name: &[u8], what: &'static str) -> Result<Zeroizing<[u8; SEED_LEN]>, KeysError> {
    let id = Identity::Share(share_name(name)).id();
    let bytes = session.share(id, now_ms()).map_err(|source| KeysError::Missing { what, source })?;
    let seed: &[u8; SEED_LEN] = bytes.as_slice().try_into().map_err(|_| KeysError::Length(what))?;
    Ok(Zeroizing::new(*seed))
}

/// Why there is no signature of a payout.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSigned {
    #[error(transparent)]
    Key(#[from] SignError),
    #[error(transparent)]
    Bad(#[from] BadSignature),
}

/// Signs with the watchman's key, as long as the session lives from which it was taken last. Clones are one hand.
#[derive(Debug, Clone)]
pub(crate) struct Hand(Arc<RwLock<Arc<dyn Signer>>>);

impl Hand {
    fn new(signer: Box<dyn Signer>) -> Self {
        Self(Arc::new(RwLock::new(Arc::from(signer))))
    }

    fn signer(&self) -> Arc<dyn Signer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes on with another session's key.
    pub(crate) fn become_other(&self, other: &Self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = other.signer();
    }

    /// Signs a payout. Waits for whoever else uses the keystore: call it outside async code.
    pub(crate) fn sign(&self, payload: &Payload) -> Result<VerifiedSignature, NotSigned> {
        let signature = self.signer().sign_evm_message(&payload.id(), now_ms())?;
        Ok(VerifiedSignature::check(payload.digest(), &signature)?)
    }
}

impl TxSigner for Hand {
    fn address(&self) -> [u8; 20] {
        match self.signer().account() {
            AccountId::Evm(address) => address,
            // A signer that `Keys::take` took is of an EVM account.
            AccountId::Arweave(_) | AccountId::EverId(_) => [0; 20],
        }
    }

    fn sign(&self, unsigned: &[u8]) -> Result<[u8; 65], SignFault> {
        Ok(self.signer().sign_evm_transaction(unsigned, now_ms())?)
    }
}
