//! `everwatchd vault address`: from the group's public data in a file and the account alone, or asked of a running process; and
//! `check-proof`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ceremony::door::{self, Request};
use ceremony::{Id, KeyAddress, Network, key_address};
use serde::Deserialize;

use super::show;

/// Longest file of a group, bytes: 100 members take 15 KiB.
const GROUP_MAX: u64 = 64 * 1024;

/// An address of a key.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The account; without one the key's own address.
    account: Option<String>,
    /// The group: a file of `vault group` (nobody is asked then), or its id in a running process.
    #[arg(long, value_name = "FILE|ID")]
    group: String,
    /// The chain, with a file.
    #[arg(long, value_enum, default_value = "main")]
    network: Chain,
    /// The data directory of the running process, with an id.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// A chain as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Chain {
    /// The main network.
    Main,
    /// Testnet and signet.
    Test,
    /// A practice chain.
    Regtest,
}

impl From<Chain> for Network {
    fn from(chain: Chain) -> Self {
        match chain {
            Chain::Main => Self::Main,
            Chain::Test => Self::Test,
            Chain::Regtest => Self::Regtest,
        }
    }
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let address = match (args.group.parse::<Id>(), &args.data_dir) {
        (Ok(group), Some(dir)) => {
            let request = Request::Address { group, account: args.account };
            KeyAddress::deserialize(door::ask(dir, &request).await?)?
        }
        (Ok(_), None) => bail!("an id is asked of a running process: name its --data-dir, or give the group's file"),
        (Err(_), _) => from_file(&args)?,
    };
    if args.json {
        return show::json(&address);
    }
    show::field("account", address.account.as_deref().unwrap_or("the key's own address"))?;
    address.steps.iter().try_for_each(|(name, value)| show::field(name, value))?;
    show::field("script", &address.script)?;
    show::field("address", &address.address)
}

fn from_file(args: &Args) -> anyhow::Result<KeyAddress> {
    let bytes =
        files::read(args.group.as_ref(), GROUP_MAX).with_context(|| format!("{} cannot be read", args.group))?;
    let bytes = bytes.with_context(|| format!("{} does not exist", args.group))?;
    let group = threshold::Group::from_bytes(&bytes).with_context(|| format!("{} holds no group", args.group))?;
    Ok(key_address(&group, args.network.into(), args.account.as_deref())?)
}

/// Longest file of evidence, bytes.
const PROOF_MAX: u64 = 1 << 20;

/// Says who broke which rule, for each proof of a file that holds.
pub(super) fn check_proof(file: &Path) -> anyhow::Result<()> {
    let bytes = files::read(file, PROOF_MAX).with_context(|| format!("{} cannot be read", file.display()))?;
    let text = String::from_utf8(bytes.with_context(|| format!("{} does not exist", file.display()))?)?;
    for line in text.lines() {
        let bytes = crypto::hexs::decode(line).context("not a line of evidence")?;
        let proof = threshold::Proof::from_bytes(&bytes).context("not a proof")?;
        let (party, charge) = proof.check().context("it proves nothing")?;
        show::field("member", &party.to_string())?;
        show::field("charge", charge.code())?;
        show::field("ceremony", &Id(proof.ceremony().0).to_string())?;
        show::field("about", &Id(proof.about()).to_string())?;
        show::field("words", &Id(proof.about()).words().join(" "))?;
    }
    Ok(())
}
