//! `everwatchd devnet`: a whole practice network on this machine, and something to look at it with.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// Run a whole practice network on this machine.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where everything of it is kept; the next run goes on from there.
    #[arg(long, value_name = "DIR", env = "EVERWATCH_DATA")]
    data_dir: Option<PathBuf>,
    /// Let the coordinator commit this fraud once.
    #[arg(long, value_name = "ID", value_parser = ["F1", "F2", "F3", "F4", "F4-eth", "F4-inflate", "F4-hasten", "F5", "F8"])]
    cheat: Option<String>,
    /// Open the desktop app if there is a display; otherwise, and without this, serve the pages on loopback.
    #[arg(long)]
    open: bool,
    /// Port of the Arweave gateway; 0 or absent takes the one of the last run, or a free one.
    #[arg(long, value_name = "PORT")]
    gateway_port: Option<u16>,
    /// Port of the Ethereum node; 0 or absent likewise.
    #[arg(long, value_name = "PORT")]
    evm_port: Option<u16>,
    /// Port of the coordinator's API; 0 or absent likewise.
    #[arg(long, value_name = "PORT")]
    coordinator_port: Option<u16>,
    /// The folder "counterparts", if it is not above this program.
    #[arg(long, value_name = "DIR", env = "EVERWATCH_COUNTERPARTS")]
    counterparts: Option<PathBuf>,
    /// Seed of who pays whom and how much.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Runs until a signal, until the window is closed, or until a part does not stay up.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let everwatchd = std::env::current_exe().context("this program does not know where it is")?;
    let config = devnet::Config {
        data_dir: args.data_dir.map_or_else(usual_folder, Ok)?,
        counterparts: args.counterparts,
        ports: devnet::Ports { gateway: args.gateway_port, evm: args.evm_port, coordinator: args.coordinator_port },
        cheat: args.cheat,
        seed: args.seed,
        view: view(args.open, &everwatchd),
        everwatchd,
    };
    devnet::run(config, &mut std::io::stdout(), crate::signal::stopped()).await.map_err(Into::into)
}

/// The window where it can be shown: it was asked for, there is a display, and the program lies beside this one.
fn view(open: bool, everwatchd: &Path) -> devnet::View {
    let display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let desktop = everwatchd.with_file_name("everwatch");
    if open && display && desktop.is_file() { devnet::View::Desktop(desktop) } else { devnet::View::Pages }
}

fn usual_folder() -> anyhow::Result<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")));
    Ok(base.context("neither --data-dir nor HOME is set")?.join("everwatch/devnet"))
}
