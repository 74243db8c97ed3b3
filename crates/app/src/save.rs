//! Texts that a page shows, written to a file that the person chooses.

use files::Readers;

use crate::api::{CommandError, SaveTextRequest, Saved};
use crate::confirm::{Asker, Word};

/// Most bytes of a text.
const TEXT_MAX: usize = 16 << 20;
/// Most characters of a proposed name.
const NAME_MAX: usize = 100;

/// Asks where, and writes.
///
/// # Errors
/// `needs_window`, `busy`, `too_large`, `invalid_request` for a name that is none, `file`.
pub(crate) async fn text(asker: &Asker, request: SaveTextRequest) -> Result<Saved, CommandError> {
    if request.text.len() > TEXT_MAX {
        return Err(CommandError::new("too_large", format!("a text has at most {TEXT_MAX} bytes")));
    }
    if !is_name(&request.name) {
        return Err(CommandError::new("invalid_request", "not the name of a file"));
    }
    let Some(path) = asker.new_file(Word::SaveText, request.name).await? else { return Ok(Saved { path: None }) };
    let shown = path.display().to_string();
    let write = tokio::task::spawn_blocking(move || files::replace(&path, request.text.as_bytes(), Readers::Usual));
    let written = write.await.map_err(|fault| CommandError::new("core_fault", fault))?;
    written.map_err(|fault| CommandError::new("file", format!("{shown}: {fault}")))?;
    Ok(Saved { path: Some(shown) })
}

/// A plain name: no folder, nothing hidden, nothing that cannot be seen.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    !name.starts_with(['.', ' ']) && (1..=NAME_MAX).contains(&name.chars().count()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_page_proposes_a_name_and_no_place() {
        for name in ["withdrawals.csv", "提现 2026-11.csv", "a"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".bashrc", "../a.csv", "a/b", "a\\b", "a\nb", "a\u{202e}vsc.exe", &"x".repeat(101)] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
