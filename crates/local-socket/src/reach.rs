//! A path to a socket that is short enough for the system.

use crate::SocketError;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// Longest path of a socket, bytes: `sun_path` without its end.
pub(crate) const PATH_LEN_MAX: usize = 103;

/// Good as long as it lives.
pub(crate) struct Reach {
    path: PathBuf,
    _dir: Option<File>,
}

impl Reach {
    pub(crate) fn of(data_dir: &Path, file: &str) -> Result<Self, SocketError> {
        let path = data_dir.join(file);
        if path.as_os_str().len() <= PATH_LEN_MAX {
            return Ok(Self { path, _dir: None });
        }
        if !cfg!(target_os = "linux") {
            return Err(SocketError::PathTooLong(path));
        }
        // The kernel names every open directory by a short path.
        let dir = File::open(data_dir).map_err(|source| SocketError::Socket { path, source })?;
        Ok(Self { path: format!("/proc/self/fd/{}/{file}", dir.as_raw_fd()).into(), _dir: Some(dir) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
