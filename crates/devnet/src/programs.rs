//! Our own programs as a devnet starts them: name, arguments, log.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::child::Program;
use crate::folder::Folder;
use crate::keys::wallet_path;
use crate::run::Config;

/// Batches must be seen often, or nothing seems to happen.
const SEAL_EVERY: Duration = Duration::from_secs(3);
/// How often the deposit bot looks at a chain with a block a second.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A cheating coordinator starts honestly, so that there is a ledger to protect.
const CHEAT_AFTER_BATCHES: u64 = 4;

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

/// The window on the network.
pub(crate) fn desktop(path: &Path, folder: &Folder) -> Program {
    on_network(ours("desktop app", path, folder, "desktop"), folder, "detector")
}

/// The pages on the network.
pub(crate) fn pages(config: &Config, folder: &Folder) -> Program {
    let mut program = ours("page server", &config.everwatchd, folder, "pages");
    // It prints the address with the token that opens the pages.
    program.secret_output = true;
    program.args.push("serve".into());
    on_network(program, folder, "detector")
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
