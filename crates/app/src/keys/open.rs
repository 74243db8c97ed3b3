//! Making, opening, extending and locking; the password.

use std::sync::Arc;
use std::time::Duration;

use keystore::{KdfParams, Keystore, Password, Session};
use zeroize::Zeroizing;

use super::{Answer, Keys, Open, codes};
use crate::api::{ChangePasswordRequest, KeystoreView, MinutesRequest, PasswordRequest, UnlockRequest};
use crate::settings;

/// What a derivation shall cost whoever tries passwords.
const KDF_TIME: Duration = Duration::from_millis(500);
const MINUTE_MS: u64 = 60_000;
/// Who wants to sign after this types the password again.
const OPEN_MAX_MS: u64 = 24 * 60 * MINUTE_MS;

impl Keys {
    /// Makes the file and leaves it open.
    pub(crate) async fn create(&self, request: PasswordRequest) -> Answer<KeystoreView> {
        let password = new_password(request.password)?;
        let (path, lockings) = (self.0.path.clone(), self.state().lockings);
        let for_ms = self.auto_lock_ms();
        let session = self.work(move || {
            let made = Keystore::create(&path, &password, kdf());
            let made = made.map_err(|error| codes::save(&error))?;
            made.unlock(&password, detector::now_ms(), for_ms).map_err(|error| codes::unlock(&error))
        });
        self.admit(session.await?, lockings, for_ms)
    }

    /// Opens it. Who opens it while it is open gets a new session, with what other programs wrote meanwhile.
    pub(crate) async fn unlock(&self, request: UnlockRequest) -> Answer<KeystoreView> {
        let typed = Zeroizing::new(request.password);
        let minutes = settings::minutes(request.minutes.unwrap_or_else(|| self.0.settings.auto_lock_minutes()))?;
        let (path, lockings) = (self.0.path.clone(), self.state().lockings);
        let for_ms = u64::from(minutes) * MINUTE_MS;
        let session = self.work(move || {
            let keystore = Keystore::open(&path).map_err(|error| codes::read(&error))?;
            let password = Password::new(&typed).map_err(codes::wrong)?;
            keystore.unlock(&password, detector::now_ms(), for_ms).map_err(|error| codes::unlock(&error))
        });
        self.admit(session.await?, lockings, for_ms)
    }

    /// Takes a session in, unless somebody locked while it was being opened.
    pub(super) fn admit(&self, session: Session, lockings: u64, for_ms: u64) -> Answer<KeystoreView> {
        let opened_ms = detector::now_ms();
        session.extend(opened_ms, for_ms).map_err(|_| codes::locked())?;
        let entries = session.entries(opened_ms).map_err(|_| codes::locked())?;
        let deadline_ms = opened_ms.saturating_add(for_ms);
        let session = Arc::new(session);
        let before = {
            let mut state = self.state();
            if state.lockings != lockings {
                return Err(codes::locked());
            }
            state.open.replace(Open { session, entries, opened_ms, deadline_ms, phrase: None, backup: None })
        };
        if let Some(before) = before {
            before.session.lock();
        }
        self.0.changed();
        Ok(self.view())
    }

    /// Moves the deadline to the time that is set from now, at most a day after the password was typed.
    pub(crate) fn extend(&self) -> Answer<KeystoreView> {
        let now_ms = detector::now_ms();
        let (session, for_ms) = {
            let mut state = self.state();
            let open = state.opened()?;
            let last_ms = open.opened_ms.saturating_add(OPEN_MAX_MS);
            open.deadline_ms = now_ms.saturating_add(self.auto_lock_ms()).min(last_ms);
            (Arc::clone(&open.session), open.deadline_ms.saturating_sub(now_ms))
        };
        session.extend(now_ms, for_ms).map_err(|_| codes::locked())?;
        self.0.changed();
        Ok(self.view())
    }

    /// Sets how long an unlock lasts, from the next one or extension on.
    pub(crate) fn set_auto_lock(&self, request: &MinutesRequest) -> Answer<KeystoreView> {
        self.0.settings.set_auto_lock(request.minutes)?;
        self.0.changed();
        Ok(self.view())
    }

    /// Encrypts the file anew. Who signs waits for that long.
    pub(crate) async fn change_password(&self, request: ChangePasswordRequest) -> Answer<KeystoreView> {
        let typed = Zeroizing::new(request.current);
        let new = new_password(request.new)?;
        let current = Password::new(&typed).map_err(codes::wrong)?;
        let change = self.edit(move |session, now_ms| {
            session.change_password(&current, &new, kdf(), now_ms).map_err(|error| codes::edit(&error))
        });
        change.await?;
        Ok(self.view())
    }

    fn auto_lock_ms(&self) -> u64 {
        u64::from(self.0.settings.auto_lock_minutes()) * MINUTE_MS
    }
}

/// A password that shall protect something from now on.
pub(super) fn new_password(typed: String) -> Answer<Password> {
    Password::new(&Zeroizing::new(typed)).map_err(codes::weak)
}

/// What a new file's key derivation costs on this machine. Blocks for some tens of milliseconds.
pub(super) fn kdf() -> KdfParams {
    KdfParams::calibrate(KDF_TIME)
}
