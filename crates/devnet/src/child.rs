//! One child process: started with a pipe as its standard input, watched, and stopped for certain.
//!
//! A child ends when its standard input closes; every program this crate starts keeps that promise. So a stop is the
//! closing of the pipe, and it also happens, done by the kernel, when this process is killed: no orphan survives.
//! A child is in a process group of its own, so that a Ctrl-C at the terminal reaches this process alone and the order
//! of stopping stays ours.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::error::{Fault, Tail};
use crate::log::Log;

/// How long a child may take to end after its standard input closed, before it is killed.
const GRACE: Duration = Duration::from_secs(5);
const LINE_BYTES_MAX: u64 = 16 << 10;
/// Lines of standard output kept for a reader that is busy elsewhere; further ones are only logged.
const LINES_MAX: usize = 64;

/// What to start.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name in messages.
    pub name: &'static str,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Where its output is kept; nowhere but in memory if absent.
    pub log: Option<PathBuf>,
    /// What to do when the program is not there.
    pub hint: &'static str,
    /// The port it will listen on, if it says by its exit code that the port is taken.
    pub port: Option<Port>,
    /// Its standard output holds a secret: hand it on, keep it nowhere.
    pub secret_output: bool,
}

/// A port and the flag that chooses another.
#[derive(Debug, Clone, Copy)]
pub struct Port {
    /// Its number.
    pub number: u16,
    /// The flag.
    pub flag: &'static str,
}

impl Program {
    /// A program without arguments.
    #[must_use]
    pub fn new(name: &'static str, program: impl Into<PathBuf>) -> Self {
        Self {
            name,
            program: program.into(),
            args: Vec::new(),
            log: None,
            hint: "is it installed?",
            port: None,
            secret_output: false,
        }
    }
}

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub struct Child {
    name: &'static str,
    process: tokio::process::Child,
    /// Held open for as long as the child shall live.
    stdin: Option<ChildStdin>,
    log: Arc<Log>,
    lines: mpsc::Receiver<String>,
    readers: [JoinHandle<()>; 2],
}

impl Child {
    /// Starts `program`.
    ///
    /// # Errors
    /// [`Fault::ProgramMissing`] or what the operating system said.
    pub fn spawn(program: &Program) -> Result<Self, Fault> {
        let mut process = Command::new(&program.program)
            .args(&program.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| not_started(program, source))?;
        let log = Arc::new(Log::new(program.log.clone()));
        let (sender, lines) = mpsc::channel(LINES_MAX);
        let stdin = process.stdin.take();
        let logged = if program.secret_output { Arc::new(Log::new(None)) } else { Arc::clone(&log) };
        let out = process.stdout.take().map(|out| tokio::spawn(read(out, logged, Some(sender))));
        let err = process.stderr.take().map(|err| tokio::spawn(read(err, Arc::clone(&log), None)));
        let readers = [out, err].map(|reader| reader.expect("both outputs were asked for as pipes"));
        Ok(Self { name: program.name, process, stdin, log, lines, readers })
    }

    /// Its process id while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// The next line of its standard output; `None` when that is closed.
    pub async fn line(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Waits until it ends by itself. Cancelling the wait loses nothing.
    ///
    /// # Errors
    /// If the operating system cannot tell.
    pub async fn ended(&mut self) -> Result<ExitStatus, Fault> {
        self.process.wait().await.map_err(|source| Fault::System { what: "waiting for a child", source })
    }

    /// Its last lines. After its end this waits a moment for what is still in the pipes.
    pub async fn tail(&mut self) -> Tail {
        for reader in &mut self.readers {
            if !reader.is_finished() {
                let _ = timeout(Duration::from_millis(300), reader).await;
            }
        }
        self.log.tail()
    }

    /// Kills it at once (SIGKILL) and waits for its end.
    pub async fn kill(mut self) {
        // It may have ended by itself a moment ago.
        let _ = self.process.kill().await;
    }

    /// Asks it to end, waits, and kills it if it does not listen.
    pub async fn stop(mut self) {
        self.stdin = None;
        if timeout(GRACE, self.process.wait()).await.is_err() {
            tracing::warn!(child = self.name, "did not end when asked to; killing it");
            self.kill().await;
        }
    }
}

fn not_started(program: &Program, source: std::io::Error) -> Fault {
    if source.kind() == std::io::ErrorKind::NotFound {
        return Fault::ProgramMissing { program: program.program.display().to_string(), hint: program.hint };
    }
    Fault::File { path: program.program.clone(), source }
}

async fn read(output: impl AsyncRead + Unpin, log: Arc<Log>, lines: Option<mpsc::Sender<String>>) {
    let mut reader = BufReader::new(output);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match (&mut reader).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        log.line(&line);
        if let Some(lines) = &lines {
            // A full queue means that nobody waits for a line any more.
            let _ = lines.try_send(line);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn shell(script: &str) -> Program {
        let mut program = Program::new("shell", "/bin/sh");
        program.args = vec!["-c".into(), script.into()];
        program
    }

    #[tokio::test]
    async fn a_child_that_listens_ends_when_asked_to() {
        let mut child = Child::spawn(&shell("echo hello; cat >/dev/null; echo bye >&2")).unwrap();
        assert_eq!(child.line().await.as_deref(), Some("hello"));
        let began = std::time::Instant::now();
        child.stop().await;
        assert!(began.elapsed() < GRACE);
    }

    #[tokio::test]
    async fn the_end_of_a_child_is_seen_with_its_last_words() {
        let mut child = Child::spawn(&shell("echo one; echo two >&2; exit 7")).unwrap();
        assert_eq!(child.ended().await.unwrap().code(), Some(7));
        let tail = child.tail().await.0;
        assert!(tail.contains(&"one".to_owned()) && tail.contains(&"two".to_owned()), "{tail:?}");
    }

    #[tokio::test]
    async fn a_missing_program_is_named_with_what_to_do() {
        let mut program = shell("");
        program.program = "/nowhere/program".into();
        let fault = Child::spawn(&program).unwrap_err();
        assert_eq!(fault.to_string(), "the program /nowhere/program was not found; is it installed?");
    }

    #[tokio::test]
    async fn a_dropped_child_is_killed() {
        let child = Child::spawn(&shell("exec sleep 600")).unwrap();
        let id = child.id().unwrap();
        drop(child);
        for _ in 0..100 {
            let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("process {id} still runs");
    }
}
