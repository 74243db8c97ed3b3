//! Backups: written to a file that the person chooses, and read back from one.
//!
//! A backup is a keystore of its own under its own password. What is restored is what the preview said, or nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keystore::{Conflict, EntryId, Keystore, Password, RestorePlan, Session};
use zeroize::Zeroizing;

use super::open::{kdf, new_password};
use super::{Answer, Keys, codes, id};
use crate::api::{CommandError, KeyRow, KeystoreView, PasswordRequest, RestorePreview, RestoreRequest, Saved};
use crate::confirm::{Draft, Word};

/// A backup that was opened is closed after this.
const OPEN_MS: u64 = 10 * 60_000;
/// The name that a backup is given unless the person says otherwise.
const NAME: &str = "everwatch-backup.everwatch";

/// A backup that was opened, and what restoring it would do.
#[derive(Debug)]
pub(super) struct Preview {
    session: Arc<Session>,
    plan: RestorePlan,
    path: PathBuf,
    pub(super) until_ms: u64,
}

impl Keys {
    /// Writes all keys to a new file under another password and reads it back.
    pub(crate) async fn backup(&self, request: PasswordRequest) -> Answer<Saved> {
        let password = new_password(request.password)?;
        self.state().opened()?;
        let Some(path) = self.0.asker.new_file(Word::SaveBackup, NAME.to_owned()).await? else {
            return Ok(Saved { path: None });
        };
        let session = self.session().ok_or_else(codes::locked)?;
        let saved = Some(path.display().to_string());
        let written = self.work(move || {
            session.backup(&path, &password, kdf(), detector::now_ms()).map_err(|error| codes::backup(&error))
        });
        written.await?;
        Ok(Saved { path: saved })
    }

    /// Opens a backup and says what restoring it would do.
    pub(crate) async fn preview_restore(&self, request: PasswordRequest) -> Answer<RestorePreview> {
        let typed = Zeroizing::new(request.password);
        self.state().opened()?;
        let Some(path) = self.0.asker.file(Word::OpenBackup).await? else { return Ok(nothing_chosen()) };
        let session = self.session().ok_or_else(codes::locked)?;
        let preview = self.work(move || preview(&session, path, &typed)).await?;
        let mut state = self.state();
        let rows = |entries: Vec<&keystore::Entry>| entries.into_iter().map(|entry| state.row(entry)).collect();
        let plan = &preview.plan;
        let view = RestorePreview {
            path: Some(preview.path.display().to_string()),
            added: plan
                .additions
                .iter()
                .map(|added| KeyRow { label: added.label.to_string(), ..state.row(&added.entry) })
                .collect(),
            present: rows(plan.present.iter().collect()),
            differing: rows(plan.conflicts.iter().map(|conflict| &conflict.theirs).collect()),
        };
        state.opened()?.backup = Some(preview);
        Ok(view)
    }

    /// Restores what the preview said, once a person confirmed it outside the page.
    pub(crate) async fn restore(&self, request: &RestoreRequest) -> Answer<KeystoreView> {
        let take: Vec<_> = request.take_theirs.iter().map(|text| id(text)).collect::<Answer<_>>()?;
        let (backup, plan, draft) = {
            let mut state = self.state();
            let preview = state.opened()?.backup.as_ref();
            let preview = preview.ok_or_else(|| CommandError::new("not_found", "no backup is open"))?;
            let (backup, plan) = (Arc::clone(&preview.session), preview.plan.clone());
            let draft = restoring(&plan, &preview.path, &take)?;
            // Who brought the key of the seal could write the policy.
            let swaps = |one: &Conflict| one.secrets_differ && take.contains(&one.ours.id());
            if plan.conflicts.iter().any(|one| swaps(one) && state.is_watchmans(&one.ours.identity)) {
                return Err(CommandError::new("in_use", "the watchman of this program works with it"));
            }
            (backup, plan, draft)
        };
        self.0.asker.confirm(draft).await?;
        let restored = self.edit(move |session, now_ms| {
            session.restore(&backup, &plan, &take, now_ms).map_err(|error| codes::edit(&error))
        });
        restored.await?;
        if let Ok(open) = self.state().opened() {
            open.backup = None;
        }
        Ok(self.view())
    }
}

fn preview(session: &Session, path: PathBuf, typed: &str) -> Answer<Preview> {
    let password = Password::new(typed).map_err(codes::wrong)?;
    let now_ms = detector::now_ms();
    let backup = Keystore::open(&path).map_err(|error| codes::read(&error))?;
    let backup = backup.unlock(&password, now_ms, OPEN_MS).map_err(|error| codes::unlock(&error))?;
    let plan = session.preview_restore(&backup, now_ms).map_err(|_| codes::locked())?;
    Ok(Preview { session: Arc::new(backup), plan, path, until_ms: now_ms.saturating_add(OPEN_MS) })
}

fn nothing_chosen() -> RestorePreview {
    RestorePreview { path: None, added: Vec::new(), present: Vec::new(), differing: Vec::new() }
}

fn restoring(plan: &RestorePlan, path: &Path, take: &[EntryId]) -> Answer<Draft> {
    let mut draft = Draft::new(Word::RestoreKeys, Word::Restore).fact(Word::File, path.display());
    for added in &plan.additions {
        draft = draft.fact(Word::Added, format!("{} · {}", added.label, added.entry.identity));
    }
    for id in take {
        let conflict = plan.conflicts.iter().find(|conflict| conflict.ours.id() == *id);
        let theirs = &conflict.ok_or_else(codes::no_such_key)?.theirs;
        draft = draft.fact(Word::Replaced, format!("{} · {}", theirs.label, theirs.identity));
    }
    Ok(draft)
}
