//! Files with secrets, and the keystore that they open. Everything here blocks.

use super::KeystoreArgs;
use anyhow::{Context, bail};
use keystore::{KdfParams, Keystore, Password, Session, UNLOCK_MS_MAX};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use watchman::Public;
use zeroize::Zeroizing;

/// Longest secret file, bytes.
const LEN_MAX: u64 = 4 * 1024;
/// What opening a keystore should cost.
const KDF_TARGET: Duration = Duration::from_millis(500);

/// Makes the keystore.
pub(super) fn init(keystore: &KeystoreArgs, name: &str, key_file: &Path) -> anyhow::Result<Public> {
    let (password, key) = (password(&keystore.password_file)?, secret(key_file)?);
    let path = &keystore.keystore;
    let made = Keystore::create(path, &password, KdfParams::calibrate(KDF_TARGET));
    let made = made.with_context(|| format!("{} was not made", path.display()))?;
    let session = made.unlock(&password, detector::now_ms(), UNLOCK_MS_MAX)?;
    watchman::add_keys(&session, name, &key).with_context(|| format!("{} holds no keys", path.display()))
}

/// Opens the keystore for as long as one can be open.
pub(crate) fn unlock(keystore: &KeystoreArgs) -> anyhow::Result<Session> {
    let password = password(&keystore.password_file)?;
    let path = keystore.keystore.display();
    let locked = Keystore::open(&keystore.keystore).with_context(|| format!("{path} cannot be opened"))?;
    locked.unlock(&password, detector::now_ms(), UNLOCK_MS_MAX).with_context(|| format!("{path} stays locked"))
}

fn password(path: &Path) -> anyhow::Result<Password> {
    let text = secret(path)?;
    Password::new(&text).with_context(|| format!("{} holds no password", path.display()))
}

/// The text of a file that only its user reads, without the end of its last line.
pub(crate) fn secret(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let shown = path.display();
    // As long as it can be: a text that grows leaves copies of itself in freed memory.
    let mut text = Zeroizing::new(String::with_capacity(4 * 1024 + 1));
    if path == Path::new("-") {
        std::io::stdin().lock().take(LEN_MAX).read_to_string(&mut text).context("standard input cannot be read")?;
    } else {
        let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            bail!("{shown} can be read by others; give it mode 0600");
        }
        file.take(LEN_MAX).read_to_string(&mut text).with_context(|| format!("{shown} cannot be read"))?;
    }
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::os::unix::fs::OpenOptionsExt;

    fn file(dir: &Path, mode: u32, text: &str) -> std::path::PathBuf {
        use std::io::Write;
        let path = dir.join(format!("{mode:o}"));
        let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(mode).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        path
    }

    #[test]
    fn a_secret_is_read_from_a_file_of_its_users_own_and_from_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let own = file(dir.path(), 0o600, " pass word \n");
        assert_eq!(secret(&own).unwrap().as_str(), " pass word ");
        let open = file(dir.path(), 0o604, "password");
        assert!(secret(&open).unwrap_err().to_string().contains("0600"));
        assert!(secret(&dir.path().join("none")).is_err());
    }
}
