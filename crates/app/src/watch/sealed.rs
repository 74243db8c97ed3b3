//! Policy and roster as one kind of thing: compared, asked about, sealed, and told to the running watchman.

use std::path::Path;

use keystore::Session;
use vault::policy::Policy;
use watchman::{AskError, ChangeRow, RosterFile, SettingsError, SettingsFiles, WatchmanView};

use super::questions::{self, Change};
use crate::confirm::Draft;

/// Settings of a watchman that lie in a sealed file.
pub(super) trait Sealed: Clone + PartialEq + Send + Sync + 'static {
    fn changes(old: &Self, new: &Self) -> Vec<ChangeRow>;

    fn question(changes: &[Change]) -> Draft;

    /// Blocks.
    fn open(files: &SettingsFiles, data_dir: &Path, session: &Session) -> Result<Self, SettingsError>;

    /// Blocks.
    fn seal(&self, files: &SettingsFiles, session: &Session) -> Result<u64, SettingsError>;

    fn of(running: &WatchmanView) -> impl Future<Output = Result<Self, AskError>> + Send;

    fn tell(self, running: &WatchmanView) -> impl Future<Output = Result<(), AskError>> + Send;
}

impl Sealed for Policy {
    fn changes(old: &Self, new: &Self) -> Vec<ChangeRow> {
        watchman::policy_changes(old, new)
    }

    fn question(changes: &[Change]) -> Draft {
        questions::policy(changes)
    }

    fn open(files: &SettingsFiles, data_dir: &Path, session: &Session) -> Result<Self, SettingsError> {
        watchman::open_policy(&files.policy, data_dir, session)
    }

    fn seal(&self, files: &SettingsFiles, session: &Session) -> Result<u64, SettingsError> {
        watchman::seal_policy(self, &files.policy, session)
    }

    fn of(running: &WatchmanView) -> impl Future<Output = Result<Self, AskError>> + Send {
        running.policy()
    }

    fn tell(self, running: &WatchmanView) -> impl Future<Output = Result<(), AskError>> + Send {
        running.set_policy(self)
    }
}

impl Sealed for RosterFile {
    fn changes(old: &Self, new: &Self) -> Vec<ChangeRow> {
        watchman::roster_changes(old, new)
    }

    fn question(changes: &[Change]) -> Draft {
        questions::roster(changes)
    }

    fn open(files: &SettingsFiles, data_dir: &Path, session: &Session) -> Result<Self, SettingsError> {
        watchman::open_roster(&files.roster, data_dir, session)
    }

    fn seal(&self, files: &SettingsFiles, session: &Session) -> Result<u64, SettingsError> {
        watchman::seal_roster(self, &files.roster, session)
    }

    fn of(running: &WatchmanView) -> impl Future<Output = Result<Self, AskError>> + Send {
        running.roster()
    }

    fn tell(self, running: &WatchmanView) -> impl Future<Output = Result<(), AskError>> + Send {
        running.set_roster(self)
    }
}
