//! The watch-list: nodes that a person wants to be told about, in a small JSON file in the data directory, replaced whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use even::ids::NodeId;
use files::Readers;

use crate::api::CommandError;

/// Name of the file in the data directory.
const FILE: &str = "even-watched.json";
/// Nodes on the list at most.
const NODES_MAX: usize = 1_000;
/// Bytes of the file at most: a node is 64 digits with quotes, comma, line end and indent.
const LEN_MAX: u64 = 80 * NODES_MAX as u64;

/// The list of one data directory.
#[derive(Debug)]
pub(super) struct Watched {
    path: PathBuf,
    nodes: Mutex<BTreeSet<NodeId>>,
}

impl Watched {
    /// Reads the file; one that cannot be read gives an empty list and a line in the log.
    pub(super) fn open(data_dir: &Path) -> Self {
        let path = data_dir.join(FILE);
        let nodes = read(&path).unwrap_or_else(|fault| {
            if fault.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%fault, path = %path.display(), "the EVEN watch-list cannot be read and is empty");
            }
            BTreeSet::new()
        });
        Self { path, nodes: Mutex::new(nodes) }
    }

    /// The nodes.
    pub(super) fn nodes(&self) -> BTreeSet<NodeId> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a node on the list or takes it off.
    ///
    /// # Errors
    /// `invalid_request` for one too many, `file` when the list cannot be written; nothing is changed then.
    pub(super) fn set(&self, node: NodeId, watched: bool) -> Result<(), CommandError> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = nodes.clone();
        let changed = if watched { next.insert(node) } else { next.remove(&node) };
        if !changed {
            return Ok(());
        }
        if next.len() > NODES_MAX {
            return Err(CommandError::new("invalid_request", format!("at most {NODES_MAX} nodes can be watched")));
        }
        let text = serde_json::to_vec_pretty(&next).map_err(io::Error::other);
        text.and_then(|text| files::replace(&self.path, &text, Readers::Owner))
            .map_err(|fault| CommandError::new("file", format!("{}: {fault}", self.path.display())))?;
        *nodes = next;
        Ok(())
    }
}

fn read(path: &Path) -> io::Result<BTreeSet<NodeId>> {
    if fs::metadata(path)?.len() > LEN_MAX {
        return Err(io::Error::other("too large"));
    }
    serde_json::from_slice(&fs::read(path)?).map_err(io::Error::other)
}
