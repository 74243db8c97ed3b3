//! A bounded record of what a child wrote: the newest lines in memory, and a file that never grows past a limit.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::Tail;

/// When a log file would grow past this it becomes `NAME.old`, replacing the previous one.
const FILE_BYTES_MAX: u64 = 4 << 20;
const TAIL_LINES: usize = 12;
const TAIL_LINE_CHARS: usize = 300;

/// Lines of one child. Shared by the tasks that read its two outputs.
#[derive(Debug)]
pub(crate) struct Log(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    tail: VecDeque<String>,
    path: Option<PathBuf>,
    file: Option<(File, u64)>,
}

impl Log {
    /// A log that is also written to `path`. A file that cannot be opened is done without: it only helps people.
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        let file = path.as_deref().and_then(open);
        Self(Mutex::new(Inner { tail: VecDeque::new(), path, file }))
    }

    pub(crate) fn line(&self, line: &str) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.tail.len() == TAIL_LINES {
            inner.tail.pop_front();
        }
        inner.tail.push_back(line.chars().take(TAIL_LINE_CHARS).collect());
        inner.write(line);
    }

    pub(crate) fn tail(&self) -> Tail {
        Tail(self.0.lock().unwrap_or_else(PoisonError::into_inner).tail.iter().cloned().collect())
    }
}

impl Inner {
    fn write(&mut self, line: &str) {
        let bytes = line.len() as u64 + 1;
        if self.file.as_ref().is_some_and(|(_, size)| size + bytes > FILE_BYTES_MAX) {
            self.rotate();
        }
        if let Some((file, size)) = &mut self.file
            && writeln!(file, "{line}").is_ok()
        {
            *size += bytes;
        }
    }

    fn rotate(&mut self) {
        self.file = None;
        if let Some(path) = &self.path {
            // Without the rename the file would be truncated below all the same.
            let _ = std::fs::rename(path, path.with_extension("log.old"));
            self.file = File::create(path).ok().map(|file| (file, 0));
        }
    }
}

fn open(path: &Path) -> Option<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
    let size = file.metadata().ok()?.len();
    Some((file, size))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_tail_keeps_the_newest_lines_and_cuts_long_ones() {
        let log = Log::new(None);
        for number in 0..100 {
            log.line(&format!("{number} {}", "x".repeat(1000)));
        }
        let tail = log.tail().0;
        assert_eq!(tail.len(), TAIL_LINES);
        assert!(tail[0].starts_with("88 ") && tail[11].starts_with("99 "));
        assert!(tail.iter().all(|line| line.chars().count() == TAIL_LINE_CHARS));
    }

    #[test]
    fn the_file_stays_bounded_and_keeps_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("child.log");
        let log = Log::new(Some(path.clone()));
        let line = "y".repeat(1 << 16);
        for _ in 0..150 {
            log.line(&line);
        }
        log.line("the end");
        let size = std::fs::metadata(&path).unwrap().len();
        assert!(size <= FILE_BYTES_MAX, "{size}");
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("the end\n"));
        assert!(folder.path().join("child.log.old").exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
