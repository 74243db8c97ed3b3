//! What people ask a running watchman, headless or in the app, and what they decide.

use super::line;
use everpay::EverHash;
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;
use watchman::ChangeRow;
use watchman::door::{self, Request};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// The burns on their way, newest first.
    List {
        #[command(flatten)]
        place: Place,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// What would be signed for a burn, read back out of its bytes.
    Show {
        ever_hash: EverHash,
        #[command(flatten)]
        place: Place,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// The watchman, its peers, halts and troubles, as JSON.
    Status {
        #[command(flatten)]
        place: Place,
    },
    /// Approve a payout whose fields were looked at; the digest says which.
    Approve {
        ever_hash: EverHash,
        digest: String,
        #[command(flatten)]
        place: Place,
        /// Who approves.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Refuse a payout that was not signed yet.
    Refuse {
        ever_hash: EverHash,
        #[command(flatten)]
        place: Place,
        /// Who refuses.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Let a refused or failed payout try again.
    Reopen {
        ever_hash: EverHash,
        #[command(flatten)]
        place: Place,
        /// Who lets it.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Take an accused watchman back, after people spoke about what it signed.
    Pardon {
        /// Address of its key.
        owner: String,
        #[command(flatten)]
        place: Place,
        /// Who takes it back.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Read policy and roster again from their sealed files; prints what changed.
    Reload {
        #[command(flatten)]
        place: Place,
    },
    /// Stop a vault.
    Halt {
        chain: String,
        #[command(flatten)]
        place: Place,
        /// Key of the cause, to be named when it is armed again.
        #[arg(long)]
        key: String,
    },
    /// Arm a halted vault again, after every cause was looked at.
    Rearm {
        chain: String,
        #[command(flatten)]
        place: Place,
        /// Key of a cause that stands; all of them are named.
        #[arg(long = "key", value_name = "KEY", required = true)]
        keys: Vec<String>,
        /// Who arms it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why it may pay again.
        #[arg(long)]
        reason: String,
    },
}

/// Which watchman.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The data directory of the running watchman.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    let (place, request, shape) = request(command);
    let value = door::ask(&place.data_dir, &request).await?;
    match shape {
        Shape::Nothing => Ok(()),
        Shape::Whole => line::say(&value.to_string()),
        Shape::Rows => rows(&value).try_for_each(|row| line::say(&row.to_string())),
        Shape::Table => rows(&value).try_for_each(|row| line::say(&short(row))),
        Shape::Fields => fields(&value),
        Shape::Changes => rows(&value).try_for_each(|row| line::say(&ChangeRow::deserialize(row)?.to_string())),
    }
}

/// How an answer is shown.
enum Shape {
    Nothing,
    Whole,
    Rows,
    Table,
    Fields,
    Changes,
}

fn request(command: Command) -> (Place, Request, Shape) {
    match command {
        Command::List { place, json } => (place, Request::List, if json { Shape::Rows } else { Shape::Table }),
        Command::Show { ever_hash, place, json } => {
            (place, Request::Show { ever_hash }, if json { Shape::Whole } else { Shape::Fields })
        }
        Command::Status { place } => (place, Request::Status, Shape::Whole),
        Command::Approve { ever_hash, digest, place, by } => {
            (place, Request::Approve { ever_hash, digest, by }, Shape::Nothing)
        }
        Command::Refuse { ever_hash, place, by, reason } => {
            (place, Request::Refuse { ever_hash, by, reason }, Shape::Nothing)
        }
        Command::Reopen { ever_hash, place, by } => (place, Request::Reopen { ever_hash, by }, Shape::Nothing),
        Command::Pardon { owner, place, by } => (place, Request::Pardon { owner, by }, Shape::Nothing),
        Command::Reload { place } => (place, Request::Reload, Shape::Changes),
        Command::Halt { chain, place, key } => (place, Request::Halt { chain, key }, Shape::Nothing),
        Command::Rearm { chain, place, keys, by, reason } => {
            (place, Request::Rearm { chain, keys: keys.into_iter().collect(), by, reason }, Shape::Nothing)
        }
    }
}

fn rows(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn short(row: &Value) -> String {
    let text = |name: &str| row[name].as_str().unwrap_or("").to_owned();
    let signed = row["signedBy"].as_array().map_or(0, Vec::len);
    let needed = row["needed"].as_u64().map_or_else(|| "?".to_owned(), |needed| needed.to_string());
    let why = [text("waitsFor"), text("verdict")].into_iter().find(|why| !why.is_empty()).unwrap_or_default();
    let parts = [
        text("everHash"),
        text("state"),
        format!("{signed}/{needed}"),
        text("targetAmount"),
        text("tag"),
        text("chain"),
        text("to"),
        why,
    ];
    parts.join("  ").trim_end().to_owned()
}

fn fields(value: &Value) -> anyhow::Result<()> {
    line::say(&short(&value["row"]))?;
    let Some(signed) = value["signed"].as_object() else {
        return line::say("nothing would be signed yet");
    };
    signed.iter().filter(|(_, value)| !value.is_null()).try_for_each(|(name, value)| field(name, &text(value)))?;
    let words: Vec<String> = rows(&value["words"]).map(text).collect();
    field("words", &words.join(" "))?;
    rows(&value["checks"]).try_for_each(|check| {
        let shown = format!("{} {}", text(&check["result"]), text(&check["fact"]));
        field(&text(&check["rule"]), shown.trim_end())
    })?;
    rows(&value["row"]["signers"]).try_for_each(|signer| {
        field("watchman", &format!("{} {} {}", text(&signer["owner"]), text(&signer["state"]), text(&signer["name"])))
    })
}

fn field(name: &str, value: &str) -> anyhow::Result<()> {
    line::say(&format!("{name:<10} {value}"))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
