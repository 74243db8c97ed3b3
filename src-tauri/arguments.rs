//! The command line of the desktop program.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Parser;

/// Watch an everPay ledger without trusting anyone.
#[derive(Debug, Parser)]
#[command(name = "everwatch", version)]
pub struct Arguments {
    /// Which ledger to watch: the network file. Without it the user's own, `everwatch/network.json` in the folder for
    /// configuration.
    #[arg(long, value_name = "FILE")]
    pub network: Option<PathBuf>,
    /// Where this program keeps what it verified. Without it `everwatch` in the user's folder for data.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// End when the program that started this one ends (when standard input is closed).
    #[arg(long)]
    pub exit_with_parent: bool,
}

impl Arguments {
    /// The core's configuration.
    pub(crate) fn config(&self) -> anyhow::Result<app::Config> {
        let network = match &self.network {
            Some(path) => path.clone(),
            None => folder("XDG_CONFIG_HOME", ".config")?.join("network.json"),
        };
        if !network.exists() {
            bail!("there is no network file at {}; name one with --network FILE", network.display());
        }
        let data_dir = match &self.data_dir {
            Some(path) => path.clone(),
            None => folder("XDG_DATA_HOME", ".local/share")?,
        };
        Ok(app::Config { network: app::network_file(&network)?, data_dir, notify: true, desk: None })
    }
}

/// Everwatch's part of one of the user's standard folders.
fn folder(variable: &str, below_home: &str) -> anyhow::Result<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = match named {
        Some(path) => path,
        None => {
            let home = std::env::var_os("HOME").context("neither --network and --data-dir nor HOME is set")?;
            PathBuf::from(home).join(below_home)
        }
    };
    Ok(base.join("everwatch"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_missing_network_file_is_named() {
        let arguments =
            Arguments::try_parse_from(["everwatch", "--network", "/nowhere/n.json", "--data-dir", "/d"]).unwrap();
        let told = arguments.config().unwrap_err().to_string();
        assert_eq!(told, "there is no network file at /nowhere/n.json; name one with --network FILE");
    }
}
