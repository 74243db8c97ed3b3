//! What people ask a running process, headless or in the app, and what they decide.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ceremony::door::{self, Request};
use ceremony::{CeremonyDetail, Id, Invite, Overview, SessionDetail, Task};
use serde::Deserialize;
use serde_json::Value;

use super::offline::Chain;
use super::show;

/// Longest file that is sent, bytes.
const FILE_MAX: u64 = 4 << 20;

/// Which process, and how it is shown.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The data directory of the running process.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Keys, ceremonies, sessions, peers and troubles.
    Status {
        #[command(flatten)]
        place: Place,
    },
    /// Propose a key; we are number 1, the peers follow in order.
    Invite {
        /// What people will call the key.
        label: String,
        /// Who must sign together.
        #[arg(long)]
        threshold: u16,
        /// Another member's identity between watchmen; may be repeated.
        #[arg(long = "peer", value_name = "PEER", required = true)]
        peers: Vec<String>,
        /// The chain.
        #[arg(long, value_enum)]
        network: Chain,
        #[command(flatten)]
        place: Place,
    },
    /// One ceremony.
    Show {
        id: Id,
        #[command(flatten)]
        place: Place,
    },
    /// Say that the words of a member were compared with those that it sees.
    Compare {
        id: Id,
        number: u16,
        #[command(flatten)]
        place: Place,
    },
    /// Join a ceremony.
    Join {
        id: Id,
        #[command(flatten)]
        place: Place,
    },
    /// Stop a ceremony for everybody.
    Stop {
        id: Id,
        #[command(flatten)]
        place: Place,
    },
    /// Begin a failed ceremony again.
    Again {
        id: Id,
        /// A member to leave out; may be repeated.
        #[arg(long, value_name = "NUMBER")]
        without: Vec<u16>,
        #[command(flatten)]
        place: Place,
    },
    /// New shares for all members of a key.
    Refresh {
        group: Id,
        #[command(flatten)]
        place: Place,
    },
    /// New shares for all members but one.
    Remove {
        group: Id,
        number: u16,
        #[command(flatten)]
        place: Place,
    },
    /// Give a member its lost share back.
    Repair {
        group: Id,
        number: u16,
        #[command(flatten)]
        place: Place,
    },
    /// Write the evidence against a culprit.
    Proof {
        id: Id,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Write the public data of a key, with which anybody computes its addresses.
    Group {
        group: Id,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Write an encrypted backup of the share and its group.
    Backup {
        group: Id,
        /// File with the backup's password, readable by its user only.
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Open a backup and compare it with the share in use.
    Drill {
        group: Id,
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Take a lost share back from a backup.
    Restore {
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
        /// What the key is called, if it is not known here; otherwise the other members say so.
        #[arg(long, requires = "network")]
        label: Option<String>,
        #[arg(long, value_enum)]
        network: Option<Chain>,
        #[command(flatten)]
        place: Place,
    },
    /// Ask the members to sign a transaction.
    Sign {
        group: Id,
        /// File with a partially signed transaction (BIP 174), its bytes or their base64.
        #[arg(long, value_name = "FILE")]
        psbt: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Sessions of signing.
    Sessions {
        #[command(flatten)]
        place: Place,
    },
    /// What a session would sign, read back from its bytes.
    Session {
        id: Id,
        #[command(flatten)]
        place: Place,
    },
    /// Approve what has these check words.
    Approve {
        id: Id,
        #[arg(long, value_name = "WORDS")]
        words: String,
        #[command(flatten)]
        place: Place,
    },
    /// Decline a session.
    Decline {
        id: Id,
        #[command(flatten)]
        place: Place,
    },
    /// The signed transaction, hex.
    Result {
        id: Id,
        #[command(flatten)]
        place: Place,
    },
    /// Text for a member that is connected to nothing; without a number and id: who we are, for anybody.
    Export {
        #[arg(requires = "number")]
        id: Option<Id>,
        number: Option<u16>,
        #[command(flatten)]
        place: Place,
    },
    /// Take text in that a person carried here; `-` for standard input.
    Import {
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// How an answer is shown.
#[derive(Clone, Copy)]
enum Shape {
    Nothing,
    Overview,
    Ceremony,
    Session,
    Sessions,
    Transaction,
    Lines,
    Text,
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    let (place, request, shape) = request(command)?;
    let value = door::ask(&place.data_dir, &request).await?;
    if place.json {
        let rows = match shape {
            Shape::Sessions => &value["sessions"],
            _ => &value,
        };
        return show::json(rows);
    }
    match shape {
        Shape::Nothing => Ok(()),
        Shape::Overview => show::overview(&Overview::deserialize(value)?),
        Shape::Ceremony => show::ceremony(&CeremonyDetail::deserialize(value)?),
        Shape::Session => show::session(&SessionDetail::deserialize(value)?),
        Shape::Sessions => {
            let all = Overview::deserialize(value)?;
            show::overview(&Overview { keys: vec![], ceremonies: vec![], peers: vec![], troubles: vec![], ..all })
        }
        Shape::Transaction => match SessionDetail::deserialize(value)?.transaction {
            Some(bytes) => show::say(&bytes),
            None => bail!("it is not signed yet"),
        },
        Shape::Lines => lines(&value),
        Shape::Text => show::say(value.as_str().unwrap_or_default()),
    }
}

fn lines(value: &Value) -> anyhow::Result<()> {
    let parts: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if parts.is_empty() {
        bail!("there is nothing to carry now");
    }
    parts.into_iter().try_for_each(show::say)
}

fn request(command: Command) -> anyhow::Result<(Place, Request, Shape)> {
    use Shape::{Ceremony, Nothing, Session};
    Ok(match command {
        Command::Status { place } => (place, Request::Status, Shape::Overview),
        Command::Invite { label, threshold, peers, network, place } => {
            let invite = Invite { label, network: network.into(), threshold, peers };
            (place, Request::Invite(invite), Ceremony)
        }
        Command::Show { id, place } => (place, Request::Show { id }, Ceremony),
        Command::Compare { id, number, place } => (place, Request::Compare { id, number }, Ceremony),
        Command::Join { id, place } => (place, Request::Join { id }, Ceremony),
        Command::Stop { id, place } => (place, Request::Stop { id }, Ceremony),
        Command::Again { id, without, place } => (place, Request::Again { id, without }, Ceremony),
        Command::Refresh { group, place } => (place, Request::Begin { group, task: Task::Refresh }, Ceremony),
        Command::Remove { group, number, place } => {
            (place, Request::Begin { group, task: Task::Remove { number } }, Ceremony)
        }
        Command::Repair { group, number, place } => {
            (place, Request::Begin { group, task: Task::Repair { number } }, Ceremony)
        }
        Command::Sessions { place } => (place, Request::Status, Shape::Sessions),
        Command::Session { id, place } => (place, Request::Session { id }, Session),
        Command::Approve { id, words, place } => (place, Request::Approve { id, words }, Session),
        Command::Decline { id, place } => (place, Request::Decline { id }, Session),
        Command::Result { id, place } => (place, Request::Session { id }, Shape::Transaction),
        Command::Export { id, number, place } => {
            let carry = id.zip(number).map(|(id, number)| Request::Carry { id, number });
            (place, carry.unwrap_or(Request::Introduce), Shape::Lines)
        }
        Command::Proof { id, out, place } => (place, Request::Proof { id, out: whole(&out)? }, Nothing),
        Command::Group { group, out, place } => (place, Request::Group { group, out: whole(&out)? }, Nothing),
        files => return of_files(files),
    })
}

/// Requests that read a file here, or name several.
fn of_files(command: Command) -> anyhow::Result<(Place, Request, Shape)> {
    Ok(match command {
        Command::Backup { group, password_file, out, place } => {
            let (password_file, out) = (whole(&password_file)?, whole(&out)?);
            (place, Request::Backup { group, password_file, out }, Shape::Nothing)
        }
        Command::Drill { group, file, password_file, place } => {
            let (password_file, file) = (whole(&password_file)?, whole(&file)?);
            (place, Request::Drill { group, password_file, file }, Shape::Nothing)
        }
        Command::Restore { file, password_file, label, network, place } => {
            let (password_file, file) = (whole(&password_file)?, whole(&file)?);
            let named = label.zip(network.map(Into::into));
            (place, Request::Restore { password_file, file, named }, Shape::Text)
        }
        Command::Sign { group, psbt, place } => {
            let bytes = read(&psbt)?;
            // BIP 174's magic tells bytes from their base64.
            let psbt = match bytes.starts_with(b"psbt\xff") {
                true => BASE64_STANDARD.encode(&bytes),
                false => String::from_utf8(bytes).context("not a partially signed transaction")?.trim().to_owned(),
            };
            (place, Request::Sign { group, psbt }, Shape::Session)
        }
        Command::Import { file, place } => {
            let text = String::from_utf8(read(&file)?).context("not text")?;
            (place, Request::Take { text }, Shape::Nothing)
        }
        _ => bail!("not a command"),
    })
}

/// The other process may work in another directory.
fn whole(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} cannot be used", path.display()))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(FILE_MAX).read_to_end(&mut bytes).context("standard input cannot be read")?;
        return Ok(bytes);
    }
    let bytes = files::read(path, FILE_MAX).with_context(|| format!("{} cannot be read", path.display()))?;
    bytes.with_context(|| format!("{} does not exist", path.display()))
}
