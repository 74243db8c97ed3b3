//! What a person chose about this program: how long an unlock lasts, and in which language native windows speak.
//!
//! One small JSON file in the data directory, replaced whole. A file that cannot be read gives the defaults and a line in
//! the log. It is not authenticated: who can write the data directory can lengthen an unlock up to a day, nothing else.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use files::Readers;
use serde::{Deserialize, Serialize};

use crate::api::CommandError;

/// Name of the file in the data directory.
const FILE: &str = "settings.json";
/// Bytes of the file at most.
const LEN_MAX: u64 = 4096;
/// Minutes that an unlock may last.
const MINUTES_MAX: u32 = 24 * 60;

/// The languages of native windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// Reads `en` or `zh`.
    pub(crate) fn parse(text: &str) -> Result<Self, CommandError> {
        match text {
            "en" => Ok(Self::English),
            "zh" => Ok(Self::Chinese),
            _ => Err(CommandError::new("invalid_request", "a language is en or zh")),
        }
    }
}

/// Minutes of an unlock, 1 to 1440.
pub(crate) fn minutes(asked: u32) -> Result<u32, CommandError> {
    match asked {
        1..=MINUTES_MAX => Ok(asked),
        _ => Err(CommandError::new("invalid_request", format!("minutes are between 1 and {MINUTES_MAX}"))),
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Chosen {
    auto_lock_minutes: u32,
    language: Language,
}

impl Default for Chosen {
    fn default() -> Self {
        Self { auto_lock_minutes: 15, language: Language::default() }
    }
}

/// The settings of one data directory.
#[derive(Debug)]
pub(crate) struct Settings {
    path: PathBuf,
    chosen: Mutex<Chosen>,
}

impl Settings {
    /// Reads the file.
    pub(crate) fn open(data_dir: &Path) -> Self {
        let path = data_dir.join(FILE);
        let mut chosen = read(&path).unwrap_or_else(|fault| {
            if fault.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%fault, path = %path.display(), "the settings cannot be read; the defaults hold");
            }
            Chosen::default()
        });
        chosen.auto_lock_minutes = chosen.auto_lock_minutes.clamp(1, MINUTES_MAX);
        Self { path, chosen: Mutex::new(chosen) }
    }

    /// How long an unlock lasts, minutes.
    pub(crate) fn auto_lock_minutes(&self) -> u32 {
        self.now().auto_lock_minutes
    }

    /// In which language native windows speak.
    pub(crate) fn language(&self) -> Language {
        self.now().language
    }

    /// Sets how long the next unlock lasts.
    pub(crate) fn set_auto_lock(&self, asked: u32) -> Result<(), CommandError> {
        let auto_lock_minutes = minutes(asked)?;
        self.choose(|chosen| chosen.auto_lock_minutes = auto_lock_minutes)
    }

    /// Sets the language of native windows.
    pub(crate) fn set_language(&self, language: Language) -> Result<(), CommandError> {
        self.choose(|chosen| chosen.language = language)
    }

    fn now(&self) -> Chosen {
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn choose(&self, change: impl FnOnce(&mut Chosen)) -> Result<(), CommandError> {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = *chosen;
        change(&mut next);
        let text = serde_json::to_vec_pretty(&next).map_err(io::Error::other);
        text.and_then(|text| files::replace(&self.path, &text, Readers::Owner))
            .map_err(|fault| CommandError::new("file", format!("{}: {fault}", self.path.display())))?;
        *chosen = next;
        Ok(())
    }
}

fn read(path: &Path) -> io::Result<Chosen> {
    if fs::metadata(path)?.len() > LEN_MAX {
        return Err(io::Error::other("too large"));
    }
    serde_json::from_slice(&fs::read(path)?).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_was_chosen_outlives_a_restart_and_nonsense_gives_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::open(folder.path());
        assert_eq!((settings.auto_lock_minutes(), settings.language()), (15, Language::English));
        settings.set_auto_lock(60).unwrap();
        settings.set_language(Language::parse("zh").unwrap()).unwrap();
        let settings = Settings::open(folder.path());
        assert_eq!((settings.auto_lock_minutes(), settings.language()), (60, Language::Chinese));
        for bad in [0, MINUTES_MAX + 1] {
            assert_eq!(settings.set_auto_lock(bad).unwrap_err().code, "invalid_request");
        }
        assert!(Language::parse("EN").is_err());
        for (text, minutes) in [("nonsense", 15), (r#"{"autoLockMinutes":99999}"#, MINUTES_MAX), ("{}", 15)] {
            fs::write(folder.path().join(FILE), text).unwrap();
            assert_eq!(Settings::open(folder.path()).auto_lock_minutes(), minutes, "{text}");
        }
        fs::write(folder.path().join(FILE), " ".repeat(5000)).unwrap();
        assert_eq!(Settings::open(folder.path()).auto_lock_minutes(), 15);
    }
}
