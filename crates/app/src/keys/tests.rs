//! What no page can wait for: deadlines, and races with a locking.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use keystore::{Identity, KdfParams, Keystore, Label, NewKey, Password, ShareName, SignError};
use tempfile::TempDir;

use super::{FILE, Keys};
use crate::api::{EventBody, ImportRequest, ImportSource, KeyRequest, PasswordRequest, RestoreRequest};
use crate::confirm::{Answer, Asker, Desk, Question};
use crate::events::Hub;
use crate::settings::Settings;

const PASSWORD: &str = "correct horse";

struct Place {
    keys: Keys,
    hub: Arc<Hub>,
    folder: TempDir,
}

/// Says yes to everything, and chooses one file.
struct Yes(PathBuf);

impl Desk for Yes {
    fn ask(&self, _: Question) -> Answer<'_, bool> {
        Box::pin(async { true })
    }

    fn choose_new_file(&self, _: String, _: String) -> Answer<'_, Option<PathBuf>> {
        Box::pin(async { None })
    }

    fn choose_file(&self, _: String) -> Answer<'_, Option<PathBuf>> {
        Box::pin(async { Some(self.0.clone()) })
    }
}

/// A keystore with one cheap-to-open file and the key of 32 bytes of 1.
fn place() -> Place {
    place_with(|_| None)
}

/// As [`place`], with a person at a desk.
fn place_with(desk: impl FnOnce(&Path) -> Option<Arc<dyn Desk>>) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let weak = KdfParams::insecure_for_tests();
    let made = Keystore::create(&folder.path().join(FILE), &password(), weak).unwrap();
    let session = made.unlock(&password(), detector::now_ms(), 60_000).unwrap();
    session.add(Label::new("Ada").unwrap(), NewKey::from_evm_bytes(&[1; 32]).unwrap(), detector::now_ms()).unwrap();
    let settings = Arc::new(Settings::open(folder.path()));
    let (asker, hub) = (Arc::new(Asker::new(desk(folder.path()), Arc::clone(&settings))), Arc::new(Hub::new()));
    Place { keys: Keys::new(folder.path(), settings, asker, Arc::clone(&hub)), hub, folder }
}

fn password() -> Password {
    Password::new(PASSWORD).unwrap()
}

impl Place {
    fn session(&self, for_ms: u64) -> keystore::Session {
        let keystore = Keystore::open(&self.folder.path().join(FILE)).unwrap();
        keystore.unlock(&password(), detector::now_ms(), for_ms).unwrap()
    }

    fn opens(&self, for_ms: u64) {
        let lockings = self.keys.state().lockings;
        self.keys.admit(self.session(for_ms), lockings, for_ms).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_by_itself_and_everybody_is_told() {
    let place = place();
    place.opens(1_500);
    let account = place.keys.view().accounts[0].account.clone().unwrap().parse().unwrap();
    let (session, signer) = (place.keys.session().unwrap(), place.keys.signer(&account).unwrap());
    assert!(signer.sign_evm_message(b"x", detector::now_ms()).is_ok());
    let (mut changes, mut events) = (place.keys.subscribe(), place.hub.subscribe());
    changes.mark_unchanged();
    tokio::time::timeout(Duration::from_secs(10), changes.changed()).await.expect("it never locked").unwrap();
    assert!(matches!(events.recv().await.unwrap().body, EventBody::Keystore));
    assert!(!place.keys.view().unlocked && place.keys.session().is_none() && place.keys.holds(&account).is_none());
    assert_eq!(place.keys.signer(&account).unwrap_err().code, "locked");
    assert_eq!(signer.sign_evm_message(b"x", detector::now_ms()), Err(SignError::Locked));
    assert!(session.entries(detector::now_ms()).is_err(), "whoever kept the session has a locked one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlocking_that_began_before_a_locking_does_not_undo_it() {
    let place = place();
    let (session, before) = (place.session(60_000), place.keys.state().lockings);
    place.keys.lock();
    assert_eq!(place.keys.admit(session, before, 60_000).unwrap_err().code, "locked");
    assert!(!place.keys.view().unlocked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_extends_an_unlock_beyond_a_day() {
    let place = place();
    place.opens(60_000);
    let day = 24 * 60 * 60_000;
    place.keys.state().open.as_mut().unwrap().opened_ms -= day - 30_000;
    let view = place.keys.extend().unwrap();
    assert!(view.left_ms.unwrap() <= 30_000, "{view:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_piece_of_work_is_done_at_a_time() {
    let place = place();
    place.opens(60_000);
    let (begin, begun) = tokio::sync::oneshot::channel();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let keys = place.keys.clone();
    let long = tokio::spawn(async move {
        keys.edit(move |_, _| {
            begin.send(()).unwrap();
            Ok(wait.recv())
        })
        .await
    });
    begun.await.unwrap();
    let source = ImportSource::EvmKey { hex: "02".repeat(32) };
    let refused = place.keys.import(ImportRequest { label: "Jun".to_owned(), source }).await;
    assert_eq!(refused.unwrap_err().code, "busy");
    assert!(place.keys.view().unlocked, "looking waits for nobody");
    go.send(()).unwrap();
    long.await.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_of_the_watchman_stays() {
    let place = place();
    place.opens(60_000);
    let account = NewKey::from_evm_bytes(&[1; 32]).unwrap().identity().account();
    place.keys.set_watchman(account);
    let row = place.keys.view().accounts.remove(0);
    assert!(row.watchman);
    let remove = KeyRequest { id: row.id };
    assert_eq!(place.keys.remove(&remove).await.unwrap_err().code, "in_use");
    place.keys.set_watchman(Identity::Evm([9; 20]).account());
    assert_eq!(place.keys.remove(&remove).await.unwrap_err().code, "needs_window", "now only a person is missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_backup_swaps_a_secret_that_the_watchman_works_with() {
    let place = place_with(|folder| Some(Arc::new(Yes(folder.join("backup")))));
    let seal = |bytes: u8| NewKey::from_share(ShareName::new(b"a seal").unwrap(), &[bytes; 32]).unwrap();
    place.opens(60_000);
    let session = place.keys.session().unwrap();
    let entry = session.add(Label::new("seal").unwrap(), seal(1), detector::now_ms()).unwrap();
    let backup = place.folder.path().join("backup");
    let made = Keystore::create(&backup, &password(), KdfParams::insecure_for_tests()).unwrap();
    let theirs = made.unlock(&password(), detector::now_ms(), 60_000).unwrap();
    theirs.add(Label::new("seal").unwrap(), seal(2), detector::now_ms()).unwrap();
    place.keys.set_watchman(NewKey::from_evm_bytes(&[1; 32]).unwrap().identity().account());

    place.keys.preview_restore(PasswordRequest { password: PASSWORD.to_owned() }).await.unwrap();
    let take = RestoreRequest { take_theirs: vec![entry.id().to_string()] };
    assert_eq!(place.keys.restore(&take).await.unwrap_err().code, "in_use");
    let secret = |session: &keystore::Session| session.share(entry.id(), detector::now_ms()).unwrap();
    assert_eq!(secret(&session)[..], [1; 32]);
    place.keys.set_watchman(None);
    place.keys.restore(&take).await.unwrap();
    assert_eq!(secret(&session)[..], [2; 32], "where no watchman is set up a person may");
}
