//! `everwatchd watchman seal` and `trust`: the files that a watchman believes.

use super::{KeystoreArgs, line, secrets};
use anyhow::Context;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use vault::policy::Policy;
use watchman::{ChangeRow, RosterFile, SettingsFiles};

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// What passes.
    Policy,
    /// Who the watchmen are and where they are reached.
    Roster,
}

/// Seal a policy or a roster.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    keystore: KeystoreArgs,
    /// What it is.
    #[arg(long, value_enum, default_value = "policy")]
    kind: Kind,
    /// The file as people write it.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The sealed file that `run` takes; the number counts on from the one that is there.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Only print what would change.
    #[arg(long)]
    dry_run: bool,
}

/// Say that sealed files are the newest.
#[derive(Debug, clap::Args)]
pub(super) struct TrustArgs {
    #[command(flatten)]
    keystore: KeystoreArgs,
    /// The data directory of the watchman, which must not run.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// The sealed policy.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The sealed roster.
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
}

/// What came of sealing.
struct Outcome {
    changes: Option<Vec<ChangeRow>>,
    serial: Option<u64>,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let outcome = tokio::task::spawn_blocking(move || {
        seal(&args).with_context(|| format!("{} was not sealed", args.from.display()))
    });
    let Outcome { changes, serial } = outcome.await??;
    match changes {
        None => line::say("nothing was sealed there before")?,
        Some(changes) if changes.is_empty() => line::say("nothing changes")?,
        Some(changes) => changes.iter().try_for_each(|change| line::say(&change.to_string()))?,
    }
    serial.map_or(Ok(()), |serial| line::say(&format!("sealed as number {serial}")))
}

pub(super) async fn trust(args: TrustArgs) -> anyhow::Result<()> {
    let done = tokio::task::spawn_blocking(move || {
        let session = secrets::unlock(&args.keystore)?;
        let files = SettingsFiles { policy: args.policy, roster: args.roster };
        anyhow::Ok(watchman::trust_settings(&files, &args.data_dir, &session)?)
    });
    done.await?
}

fn seal(args: &Args) -> anyhow::Result<Outcome> {
    let text = text(&args.from)?;
    let session = secrets::unlock(&args.keystore)?;
    let (changes, serial) = match args.kind {
        Kind::Policy => {
            let policy = Policy::parse(&text)?;
            let changes = watchman::policy_diff(&policy, &args.to, &session)?;
            let sealed = (!args.dry_run).then(|| watchman::seal_policy(&policy, &args.to, &session));
            (changes, sealed)
        }
        Kind::Roster => {
            let roster = RosterFile::parse(&text)?;
            let changes = watchman::roster_diff(&roster, &args.to, &session)?;
            let sealed = (!args.dry_run).then(|| watchman::seal_roster(&roster, &args.to, &session));
            (changes, sealed)
        }
    };
    Ok(Outcome { changes, serial: serial.transpose()? })
}

fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
