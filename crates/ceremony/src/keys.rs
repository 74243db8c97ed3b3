//! The own ceremony key and the shares in a keystore: opaque entries with fixed names.
//!
//! A share's name is `everwatch/share/`, its group's id in hex, `/` and the member's number: a refreshed share is another entry,
//! put beside the old one, which is removed once the new one is in force. Writing re-encrypts the file whole, so that after a
//! crash it holds both or the one. What it does not do: wipe copies of older files.

use keystore::{EditError, Label, NewKey, Refusal, Session, ShareName, SignError};
use rand::TryRngCore;
use threshold::rand_core::{CryptoRng, Error, RngCore, impls};
use threshold::{Group, GroupId, Identity, Party, PeerKey, Share};
use zeroize::Zeroizing;

use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::Id;

const IDENTITY: &[u8] = b"everwatch/ceremony/identity";
const IDENTITY_LABEL: &str = "ceremony key";

/// The own ceremony key; made when there is none.
pub(crate) fn identity(session: &Session) -> Result<Identity, AskError> {
    let name = name(IDENTITY);
    match session.share(keystore::Identity::Share(name.clone()).id(), now_ms()) {
        Ok(bytes) => {
            let secret: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| AskError::NoShare)?;
            Ok(Identity::from_secret(secret)?)
        }
        Err(SignError::NoSuchKey) => {
            let (identity, secret) = Identity::generate(&mut rng())?;
            add(session, name, secret.as_slice(), IDENTITY_LABEL)?;
            Ok(identity)
        }
        Err(_) => Err(AskError::Locked),
    }
}

/// The public half of it.
pub(crate) fn peer_key(session: &Session) -> Result<PeerKey, AskError> {
    identity(session).map(|identity| identity.peer_key())
}

/// Keeps a share; keeping it again changes nothing.
pub(crate) fn put(session: &Session, label: &str, share: &Share) -> Result<(), AskError> {
    let group = share.group();
    let (id, number) = (Id(group.id().0), share.party());
    if self::share(session, group, number).is_ok() {
        return Ok(());
    }
    let short = &id.to_string()[..8];
    let label = format!("{label} {number}.{} {short}", group.generation());
    add(session, share_name(&group.id(), number), &share.to_bytes(), &label)
}

/// The share of a member of this group.
pub(crate) fn share(session: &Session, group: &Group, me: Party) -> Result<Share, AskError> {
    match session.share(keystore::Identity::Share(share_name(&group.id(), me)).id(), now_ms()) {
        Ok(bytes) => Ok(Share::from_bytes(&bytes, group)?),
        Err(SignError::NoSuchKey) => Err(AskError::NoShare),
        Err(_) => Err(AskError::Locked),
    }
}

/// Destroys a share that no longer counts; true if it is gone.
pub(crate) fn destroy(session: &Session, group: &GroupId, me: Party) -> Result<(), AskError> {
    match session.remove(keystore::Identity::Share(share_name(group, me)).id(), now_ms()) {
        Ok(_) | Err(EditError::Refused(Refusal::NoSuchKey(_))) => Ok(()),
        Err(error) => Err(edit(error)),
    }
}

fn add(session: &Session, name: ShareName, secret: &[u8], label: &str) -> Result<(), AskError> {
    let fault = |why: &str| AskError::refused("label", why);
    let key = NewKey::from_share(name, secret).map_err(|error| fault(&error.to_string()))?;
    let label = Label::new(label).map_err(|error| fault(&error.to_string()))?;
    session.add(label, key, now_ms()).map(drop).map_err(edit)
}

fn edit(error: EditError) -> AskError {
    match error {
        EditError::Locked(_) => AskError::Locked,
        other => AskError::Keystore(other),
    }
}

fn name(bytes: &[u8]) -> ShareName {
    ShareName::new(bytes).expect("the names here are short")
}

fn share_name(group: &GroupId, me: Party) -> ShareName {
    name(format!("everwatch/share/{}/{me}", Id(group.0)).as_bytes())
}

/// 32 bytes that nobody else has.
pub(crate) fn random_id() -> Id {
    let mut bytes = Zeroizing::new([0; 32]);
    rng().fill_bytes(&mut *bytes);
    Id(*bytes)
}

/// The system's randomness, in the form that `threshold` takes.
pub(crate) fn rng() -> SystemRandom {
    SystemRandom
}

/// See [`rng`].
pub(crate) struct SystemRandom;

impl RngCore for SystemRandom {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        // Keys and nonces must not be made of anything else.
        rand::rngs::OsRng.try_fill_bytes(bytes).expect("the system gives randomness once it has started");
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for SystemRandom {}
