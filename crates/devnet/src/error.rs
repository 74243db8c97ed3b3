//! What can go wrong while a devnet is set up or kept alive, in sentences that say what to do.

use std::path::PathBuf;
use std::process::ExitStatus;

/// Why the devnet cannot start or go on. Every one of them stops everything that was started.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Another devnet holds the data directory.
    #[error("another devnet is running on {}; stop it or choose another data directory", .0.display())]
    DataDirInUse(PathBuf),
    /// A port that was asked for is taken.
    #[error("port {port} for the {what} is in use; stop the program that uses it or choose another with {flag}")]
    PortInUse {
        /// The port.
        port: u16,
        /// What wanted it.
        what: &'static str,
        /// The flag that chooses another.
        flag: &'static str,
    },
    /// A program is not installed.
    #[error("the program {program} was not found; {hint}")]
    ProgramMissing {
        /// Its name.
        program: String,
        /// What to do.
        hint: &'static str,
    },
    /// The npm packages are not installed.
    #[error("the counterpart programs are not installed in {}; run \"npm ci\" there, or \"make run\", which does it", .0.display())]
    PackagesMissing(PathBuf),
    /// The folder with the counterparts' launcher was not found.
    #[error(
        "the folder \"counterparts\" with arlocal.mjs was not found; name it with --counterparts or EVERWATCH_COUNTERPARTS"
    )]
    CounterpartsMissing,
    /// A child did not become ready in time.
    #[error("the {name} did not become ready within {seconds} s{tail}")]
    NotReady {
        /// Which child.
        name: &'static str,
        /// How long it had.
        seconds: u64,
        /// Its last lines.
        tail: Tail,
    },
    /// A child ended before it was ready, or again and again.
    #[error("the {name} ended by itself ({status}){}{tail}", again(*times))]
    Crashed {
        /// Which child.
        name: &'static str,
        /// How it ended the last time.
        status: ExitStatus,
        /// How often within the last minute.
        times: usize,
        /// Its last lines.
        tail: Tail,
    },
    /// A file or directory of the data directory.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What happened.
        source: std::io::Error,
    },
    /// A file of the data directory does not hold what this program wrote into it.
    #[error("{}: {reason}; move the data directory away to start anew", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The operating system refused something.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What happened.
        source: std::io::Error,
    },
    /// A service of the devnet does not answer as it should.
    #[error("{what}: {reason}")]
    Service {
        /// Which.
        what: &'static str,
        /// What it said.
        reason: String,
    },
}

impl Fault {
    /// Whether trying again later may help. What needs a person's hand is not transient.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Service { .. } | Self::NotReady { .. } => true,
            Self::DataDirInUse(_)
            | Self::PortInUse { .. }
            | Self::ProgramMissing { .. }
            | Self::PackagesMissing(_)
            | Self::CounterpartsMissing
            | Self::Crashed { .. }
            | Self::File { .. }
            | Self::Content { .. }
            | Self::System { .. } => false,
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    pub(crate) fn service(what: &'static str) -> impl FnOnce(String) -> Self {
        move |reason| Self::Service { what, reason }
    }
}

fn again(times: usize) -> String {
    if times > 1 { format!(", {times} times within a minute") } else { String::new() }
}

/// The last lines a child wrote, for the message that tells of its end.
#[derive(Debug, Clone, Default)]
pub struct Tail(pub(crate) Vec<String>);

impl std::fmt::Display for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("; it wrote nothing");
        }
        f.write_str("; its last words:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}
