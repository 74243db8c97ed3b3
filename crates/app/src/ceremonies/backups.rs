//! Files of shared keys: backups of a share, the drill, a share taken back, and evidence. The person chooses each file in a
//! window that no page reaches.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use files::Readers;
use keystore::{Password, PasswordError};
use zeroize::Zeroizing;

use super::codes::not_done;
use super::{Answer, Circle, id, questions};
use crate::api::{CeremoniesView, CeremonyRequest, CommandError, PasswordRequest, Saved, ShareBackupRequest};
use crate::confirm::Word;

/// Bytes of a backup at most; one of a key of a hundred members has a tenth of it.
const BACKUP_MAX: u64 = 128 << 10;
/// Bytes of a file with a password at most.
const PASSWORD_FILE_MAX: usize = 4 << 10;

impl Circle<'_> {
    pub(crate) async fn save_proof(&self, request: &CeremonyRequest) -> Answer<Saved> {
        let ceremony = id(&request.id)?;
        let proof = self.running()?.proof(ceremony).await.map_err(not_done)?;
        let name = format!("evidence-{}.everwatch", start(&request.id));
        let Some(path) = self.shared.asker.new_file(Word::SaveProof, name).await? else {
            return Ok(Saved { path: None });
        };
        write(path, proof, Readers::Usual).await
    }

    /// Writes the encrypted share with its group, reads the file back, and only then notes that there is one.
    pub(crate) async fn back_up(&self, request: ShareBackupRequest) -> Answer<Saved> {
        let typed = Zeroizing::new(request.password);
        let weak = |why: PasswordError| CommandError::new("weak_password", why.code());
        Password::new(&typed).map_err(weak)?;
        let (group, running) = (id(&request.group)?, self.running()?);
        self.unlocked()?;
        let name = format!("share-{}.everwatch", start(&request.group));
        let Some(path) = self.shared.asker.new_file(Word::SaveShareBackup, name).await? else {
            return Ok(Saved { path: None });
        };
        let sealed = running.backup(group, typed).await.map_err(not_done)?;
        let saved = write(path, sealed, Readers::Owner).await?;
        running.backed_up(group).await.map_err(not_done)?;
        Ok(saved)
    }

    pub(crate) async fn drill(&self, request: ShareBackupRequest) -> Answer<CeremoniesView> {
        let typed = Zeroizing::new(request.password);
        let (group, running) = (id(&request.group)?, self.running()?);
        self.unlocked()?;
        let (_, bytes) = self.chosen_backup().await?;
        running.drill(group, bytes, typed).await.map_err(not_done)?;
        self.view().await
    }

    pub(crate) async fn restore(&self, request: PasswordRequest) -> Answer<CeremoniesView> {
        let typed = Zeroizing::new(request.password);
        let running = self.running()?;
        self.unlocked()?;
        let (file, bytes) = self.chosen_backup().await?;
        let opened = running.open_backup(bytes, typed).await.map_err(not_done)?;
        let key = crypto::hexs::encode(&opened.group().x_only());
        let known = self.view().await?.keys.into_iter().find(|known| known.key == key);
        let number = opened.number();
        let member = known.as_ref().and_then(|known| known.members.iter().find(|one| one.number == number));
        let member = member.map_or_else(|| number.to_string(), |one| format!("{number} {}", one.name));
        let label = known.as_ref().map(|known| known.label.as_str());
        let generation = opened.group().generation();
        self.ask(questions::restore(label, &key, &member, generation, &file)).await?;
        running.restore(opened, None).await.map_err(not_done)?;
        self.view().await
    }

    /// The path, to be shown, and the bytes.
    async fn chosen_backup(&self) -> Answer<(String, Vec<u8>)> {
        let path = self.shared.asker.file(Word::OpenShareBackup).await?;
        let path = path.ok_or_else(|| CommandError::new("declined", "no file was chosen"))?;
        let shown = path.display().to_string();
        let read = tokio::task::spawn_blocking(move || files::read(&path, BACKUP_MAX)).await;
        let read = read.map_err(|fault| CommandError::new("core_fault", fault))?;
        let bytes = read.map_err(|fault| CommandError::new("file", format!("{shown}: {fault}")))?;
        let bytes = bytes.ok_or_else(|| CommandError::new("file", format!("{shown} is not there")))?;
        Ok((shown, bytes))
    }
}

/// The first digits of an id, for the name of a file.
fn start(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

async fn write(path: PathBuf, bytes: Vec<u8>, readers: Readers) -> Answer<Saved> {
    let shown = path.display().to_string();
    let done = tokio::task::spawn_blocking(move || written(&path, &bytes, readers)).await;
    let done = done.map_err(|fault| CommandError::new("core_fault", fault))?;
    done.map_err(|fault| CommandError::new("file", format!("{shown}: {fault}")))?;
    Ok(Saved { path: Some(shown) })
}

fn written(path: &Path, bytes: &[u8], readers: Readers) -> std::io::Result<()> {
    files::replace(path, bytes, readers)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let back = files::read(path, length)?;
    let same = back.is_some_and(|back| back == bytes);
    same.then_some(()).ok_or_else(|| std::io::Error::other("the file reads back otherwise than it was written"))
}

/// The password in a file that only its user reads, for commands from outside where this program has no window.
pub(super) fn password_file(path: &Path) -> Result<Zeroizing<String>, String> {
    let shown = path.display();
    let unreadable = |fault: std::io::Error| format!("{shown}: {fault}");
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.permissions().mode() & 0o077 != 0 {
        return Err(format!("{shown} can be read by others; give it mode 0600"));
    }
    // As long as it can be: a text that grows leaves copies of itself in freed memory.
    let mut text = Zeroizing::new(String::with_capacity(PASSWORD_FILE_MAX + 1));
    file.take(PASSWORD_FILE_MAX as u64).read_to_string(&mut text).map_err(unreadable)?;
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    Ok(text)
}
