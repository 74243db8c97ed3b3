//! Our own programs as a devnet starts them: name, arguments, log.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use everpay::{Amount, TokenSpec};
use oracle::network::NetworkFile;

use crate::activity;
use crate::child::Program;
use crate::error::Fault;
use crate::folder::Folder;
use crate::keys::{self, wallet_path};
use crate::network::ETHEREUM;
use crate::run::Config;
use crate::watchmen::{Seat, Watchmen, open_policy};

/// Batches must be seen often, or nothing seems to happen.
const SEAL_EVERY: Duration = Duration::from_secs(3);
/// How often the deposit bot looks at a chain with a block a second.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A cheating coordinator starts honestly, so that there is a ledger to protect.
const CHEAT_AFTER_BATCHES: u64 = 4;

/// What watchmen pay unasked, and at most at a time, in thousandths of a handful (see `activity`): less than the activity's
/// large burns. The first one pays anything unasked, so that one person is enough.
const AUTO_MILLI: u128 = 200;
const PAYOUT_MILLI_MAX: u128 = 1_000_000;
/// The watchman that the window runs.
pub(crate) const APPS_WATCHMAN: usize = 2;
/// Data directory of the window, and of the pages.
const WINDOW: &str = "window";

/// The network file that all of them read.
pub(crate) fn network_path(folder: &Folder) -> PathBuf {
    folder.path("network.json")
}

pub(crate) fn coordinator(config: &Config, folder: &Folder, port: u16) -> Program {
    let mut program = ours("coordinator", &config.everwatchd, folder, "coordinator");
    let seal = SEAL_EVERY.as_millis().to_string();
    let listen = format!("127.0.0.1:{port}");
    program.args.extend(["coordinator", "--listen", &listen, "--seal-interval-ms", &seal].map(OsString::from));
    if let Some(cheat) = &config.cheat {
        let after = CHEAT_AFTER_BATCHES.to_string();
        program.args.extend(["--cheat", cheat, "--cheat-after", &after, "--foreign-wallet"].map(OsString::from));
        program.args.push(wallet_path(folder, "foreign").into());
    }
    program.args.extend(["--wallet".into(), wallet_path(folder, "coordinator").into()]);
    on_network(program, folder, "coordinator")
}

pub(crate) fn ethbot(config: &Config, folder: &Folder) -> Program {
    let mut program = ours("deposit bot", &config.everwatchd, folder, "ethbot");
    let look = LOOK_EVERY.as_millis().to_string();
    program.args.extend(["ethbot", "--poll-ms", &look].map(OsString::from));
    on_network(program, folder, "ethbot")
}

/// The watchmen, made if this is the first start. Small sums of each token are paid without asking a person: most of what
/// the devnet's own accounts withdraw, and not all that a visitor may. The last watchman is the window's.
pub(crate) async fn watchmen(config: &Config, folder: &Folder, network: &NetworkFile) -> Result<Watchmen, Fault> {
    let coins = activity::coins(network);
    let policy = |auto_milli: u128| {
        let limits = |token: &TokenSpec| {
            let tag = token.tag().to_string();
            let milli = coins.iter().find(|coin| coin.payments.tag() == tag).map_or(0, |coin| coin.milli);
            (Amount::from(auto_milli * milli), Amount::from(PAYOUT_MILLI_MAX * milli))
        };
        open_policy(&network.rules, ETHEREUM, limits)
    };
    let seat = |(index, secret)| Seat {
        secret,
        policy: policy(if index == 0 { PAYOUT_MILLI_MAX } else { AUTO_MILLI }),
        app: (index == APPS_WATCHMAN).then(|| folder.path(WINDOW)),
    };
    let seats: Vec<Seat> = keys::vault_owner_secrets(folder)?.into_iter().enumerate().map(seat).collect();
    Watchmen::seated(&config.everwatchd, &network_path(folder), &folder.path("watchmen"), &seats).await
}

/// The window on the network.
pub(crate) fn desktop(path: &Path, folder: &Folder) -> Program {
    on_network(ours("desktop app", path, folder, "desktop"), folder, WINDOW)
}

/// The pages on the network.
pub(crate) fn pages(config: &Config, folder: &Folder) -> Program {
    let mut program = ours("page server", &config.everwatchd, folder, "pages");
    // It prints the address with the token that opens the pages.
    program.secret_output = true;
    program.args.push("serve".into());
    on_network(program, folder, WINDOW)
}

fn ours(name: &'static str, path: &Path, folder: &Folder, log: &str) -> Program {
    let mut program = Program::new(name, path);
    program.log = folder.log(log);
    program.args = vec!["--exit-with-parent".into()];
    program
}

fn on_network(mut program: Program, folder: &Folder, data: &str) -> Program {
    let paths = [("--network", network_path(folder)), ("--data-dir", folder.path(data))];
    program.args.extend(paths.into_iter().flat_map(|(flag, path)| [OsString::from(flag), path.into()]));
    program
}
