//! The socket in a data directory by which people's commands reach the driver that runs there.
//!
//! What always holds: as for every `local_socket`; a door that only shows ([`Access::Look`]) decides nothing. Passwords do not pass
//! it: who serves reads them from the file that is named.

use std::path::{Path, PathBuf};
use std::time::Duration;

use local_socket::{Listener, Service, SocketError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::AskError;
use crate::id::Id;
use crate::model::{Invite, Network, Task};
use crate::view::Ceremonies;

/// Its name in the data directory.
pub const FILE: &str = "ceremonies.sock";
/// A request may hold a whole bundle that a person carried; an answer waits for a key derivation.
const SERVICE: Service = Service {
    file: FILE,
    request_max: 8 * 1024 * 1024,
    answer_max: 64 * 1024 * 1024,
    exchange_max: Duration::from_secs(120),
};
/// Longest backup that is read, bytes.
const BACKUP_MAX: u64 = 1 << 20;

/// What a door is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To look: where people decide elsewhere, before a window of this program.
    Look,
    /// To look and to decide.
    Decide,
}

/// Reads a password from a file that only its user reads.
pub type ReadPassword = fn(&Path) -> Result<Zeroizing<String>, String>;

/// What can be asked. Ids and groups are hex; files are those of the program that serves.
#[allow(missing_docs, reason = "the fields' names say what the variants' sentences name")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Request {
    /// [`crate::Overview`].
    Status,
    /// [`crate::CeremonyDetail`].
    Show { id: Id },
    /// Propose a key.
    Invite(Invite),
    /// The words of a member were compared.
    Compare { id: Id, number: u16 },
    /// Join.
    Join { id: Id },
    /// Stop for everybody.
    Stop { id: Id },
    /// Begin again.
    Again { id: Id, without: Vec<u16> },
    /// Begin a task of a key.
    Begin { group: Id, task: Task },
    /// Write the evidence against a culprit.
    Proof { id: Id, out: PathBuf },
    /// Write the public data of a key's group.
    Group { group: Id, out: PathBuf },
    /// Write an encrypted backup.
    Backup { group: Id, password_file: PathBuf, out: PathBuf },
    /// Open a backup and compare it with the share in use.
    Drill { group: Id, password_file: PathBuf, file: PathBuf },
    /// Take a share back.
    Restore { password_file: PathBuf, file: PathBuf, named: Option<(String, Network)> },
    /// [`crate::KeyAddress`].
    Address { group: Id, account: Option<String> },
    /// Ask the members to sign; the bytes of a PSBT in base64.
    Sign { group: Id, psbt: String },
    /// [`crate::SessionDetail`].
    Session { id: Id },
    /// Approve what has these check words.
    Approve { id: Id, words: String },
    /// Decline.
    Decline { id: Id },
    /// Text parts for a member.
    Carry { id: Id, number: u16 },
    /// Text parts for anybody: who we are.
    Introduce,
    /// Text that a person carried here.
    Take { text: String },
}

impl Request {
    /// Whether it decides and writes nothing.
    fn only_looks(&self) -> bool {
        matches!(self, Self::Status | Self::Show { .. } | Self::Session { .. } | Self::Address { .. })
    }
}

/// Why a door does not open, or what came of asking.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoorError {
    /// Nobody is there, or the socket.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// It refuses.
    #[error("{0}")]
    Refused(String),
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Answer {
    Done(Value),
    Refused(String),
}

/// The open socket; its file goes with it.
#[derive(Debug)]
pub struct Door {
    listener: Listener,
    access: Access,
}

impl Door {
    /// Opens the socket in a data directory. Open the driver first: its lock says that an old file is nobody's.
    ///
    /// # Errors
    /// [`DoorError::Socket`].
    pub fn open(data_dir: &Path, access: Access) -> Result<Self, DoorError> {
        Ok(Self { listener: Listener::open(data_dir, SERVICE)?, access })
    }

    /// Answers until it is dropped.
    pub async fn serve(self, view: Ceremonies, password: ReadPassword) {
        let access = self.access;
        let reply = move |request: serde_json::Result<Request>| {
            let view = view.clone();
            async move {
                match request {
                    Ok(request) if access == Access::Look && !request.only_looks() => {
                        Answer::Refused("ceremonies are decided about in the window of this program".to_owned())
                    }
                    Ok(request) => answer(&view, request, password).await.unwrap_or_else(Answer::Refused),
                    Err(error) => Answer::Refused(format!("not a request: {error}")),
                }
            }
        };
        self.listener.serve(reply).await;
    }
}

/// Asks the driver that runs in `data_dir`.
///
/// # Errors
/// [`DoorError`].
pub async fn ask(data_dir: &Path, request: &Request) -> Result<Value, DoorError> {
    match local_socket::ask(data_dir, SERVICE, request).await? {
        Answer::Done(value) => Ok(value),
        Answer::Refused(why) => Err(DoorError::Refused(why)),
    }
}

async fn answer(view: &Ceremonies, request: Request, password: ReadPassword) -> Result<Answer, String> {
    let value = match request {
        Request::Status => json(&view.overview().await.map_err(text)?),
        Request::Show { id } => json(&view.ceremony(id).await.map_err(text)?),
        Request::Invite(invite) => json(&view.invite(invite).await.map_err(text)?),
        Request::Compare { id, number } => json(&view.compare(id, number).await.map_err(text)?),
        Request::Join { id } => json(&view.join(id).await.map_err(text)?),
        Request::Stop { id } => json(&view.stop(id).await.map_err(text)?),
        Request::Again { id, without } => json(&view.again(id, without).await.map_err(text)?),
        Request::Begin { group, task } => json(&view.begin(group, task).await.map_err(text)?),
        Request::Address { group, account } => json(&view.address(group, account).await.map_err(text)?),
        Request::Session { id } => json(&view.session(id).await.map_err(text)?),
        Request::Decline { id } => json(&view.decline(id).await.map_err(text)?),
        Request::Carry { id, number } => json(&view.carry(id, number).await.map_err(text)?),
        Request::Introduce => json(&view.introduce().await.map_err(text)?),
        Request::Take { text: carried } => json(&view.take(carried).await.map_err(text)?),
        Request::Sign { group, psbt } => {
            use base64::Engine;
            let bytes = base64::prelude::BASE64_STANDARD.decode(psbt.trim()).map_err(|error| error.to_string())?;
            json(&view.ask_to_sign(group, bytes).await.map_err(text)?)
        }
        Request::Approve { id, words } => {
            let session = view.session(id).await.map_err(text)?;
            if !words.split_whitespace().eq(session.words.iter().map(String::as_str)) {
                return Err("these are not the check words of what would be signed".to_owned());
            }
            json(&view.approve(id, session.digest).await.map_err(text)?)
        }
        files => return on_files(view, files, password).await,
    };
    Ok(Answer::Done(value))
}

/// What reads or writes files of the one who serves.
async fn on_files(view: &Ceremonies, request: Request, password: ReadPassword) -> Result<Answer, String> {
    match request {
        Request::Proof { id, out } => write(&out, &view.proof(id).await.map_err(text)?)?,
        Request::Group { group, out } => write(&out, &view.group(group).await.map_err(text)?)?,
        Request::Backup { group, password_file, out } => {
            let sealed = view.backup(group, password(&password_file)?).await.map_err(text)?;
            write(&out, &sealed)?;
            view.backed_up(group).await.map_err(text)?;
        }
        Request::Drill { group, password_file, file } => {
            view.drill(group, read(&file)?, password(&password_file)?).await.map_err(text)?;
        }
        Request::Restore { password_file, file, named } => {
            let opened = view.open_backup(read(&file)?, password(&password_file)?).await.map_err(text)?;
            return Ok(Answer::Done(json(&view.restore(opened, named).await.map_err(text)?)));
        }
        _ => return Err("not a request".to_owned()),
    }
    Ok(Answer::Done(Value::Null))
}

/// Nothing that stands there is overwritten.
fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if path.symlink_metadata().is_ok() {
        return Err(format!("{} exists already", path.display()));
    }
    files::replace(path, bytes, files::Readers::Owner).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = files::read(path, BACKUP_MAX).map_err(|error| format!("{}: {error}", path.display()))?;
    bytes.ok_or_else(|| format!("{} does not exist", path.display()))
}

/// An error with what it comes from: who asks sees no more than this line.
fn text(error: AskError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("plain data with texts as keys")
}
