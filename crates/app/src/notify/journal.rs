//! Which alerts were notified before: a small append-only file, one alert key a line.
//!
//! A key is written and synced after the notification service took the notification. A crash between the two repeats
//! a notification; the other order would lose one.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use files::Readers;

/// Beyond this many keys the older half is forgotten: those alerts are closed or long seen.
const MOST_KEYS: usize = 20_000;
/// A file larger than this is not ours.
const MOST_BYTES: u64 = 16 << 20;

/// The journal, open.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    keys: HashSet<String>,
}

impl Journal {
    /// Opens or creates the journal. A last line that a crash cut short is dropped.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut keys = match File::open(path) {
            Ok(file) => read(file)?,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(fault) => return Err(fault),
        };
        if keys.len() > MOST_KEYS {
            keys.drain(..keys.len() - MOST_KEYS / 2);
        }
        // Written anew each time: that cuts a torn line and old keys off, and a crash keeps the old file.
        let file = rewrite(path, &keys)?;
        Ok(Self { path: path.to_owned(), file, keys: keys.into_iter().collect() })
    }

    /// Whether this alert was notified.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(&line(key))
    }

    /// Remembers that this alert was notified.
    ///
    /// # Errors
    /// When the file cannot be written; the key is remembered for this run all the same.
    pub fn add(&mut self, key: &str) -> io::Result<()> {
        let key = line(key);
        if !self.keys.insert(key.clone()) {
            return Ok(());
        }
        writeln!(self.file, "{key}")?;
        self.file.sync_data()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn line(key: &str) -> String {
    key.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn read(file: File) -> io::Result<Vec<String>> {
    let mut reader = BufReader::new(file.take(MOST_BYTES));
    let (mut keys, mut buffer) = (Vec::new(), Vec::new());
    loop {
        buffer.clear();
        reader.read_until(b'\n', &mut buffer)?;
        if buffer.pop() != Some(b'\n') {
            return Ok(keys);
        }
        if let Ok(key) = std::str::from_utf8(&buffer) {
            keys.push(key.to_owned());
        }
    }
}

fn rewrite(path: &Path, keys: &[String]) -> io::Result<File> {
    let mut text = keys.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    files::replace(path, text.as_bytes(), Readers::Owner)?;
    OpenOptions::new().append(true).open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn keys_outlive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notified.log");
        let mut journal = Journal::open(&path).unwrap();
        assert!(!journal.contains("F2:a"));
        journal.add("F2:a").unwrap();
        journal.add("F2:a").unwrap();
        journal.add("F1:odd\nkey").unwrap();
        drop(journal);
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
        let journal = Journal::open(&path).unwrap();
        assert!(journal.contains("F2:a") && journal.contains("F1:odd\nkey") && !journal.contains("F1:odd"));
    }

    #[test]
    fn a_torn_line_is_not_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notified.log");
        std::fs::write(&path, "F1:whole\nF2:to").unwrap();
        let mut journal = Journal::open(&path).unwrap();
        assert!(journal.contains("F1:whole") && !journal.contains("F2:to"));
        journal.add("F2:torn").unwrap();
        drop(journal);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "F1:whole\nF2:torn\n");
    }

    #[test]
    fn the_file_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notified.log");
        let text: String = (0..=MOST_KEYS).map(|n| format!("F1:{n}\n")).collect();
        std::fs::write(&path, text).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert!(!journal.contains("F1:0") && journal.contains(&format!("F1:{MOST_KEYS}")));
        drop(journal);
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), MOST_KEYS / 2);
    }
}
