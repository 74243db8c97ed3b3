//! A child that must stay up: started, found ready, started again when it crashes, given up when that does not help.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::child::{Child, Program};
use crate::error::Fault;

/// How long a child may take until it is ready.
const READY: Duration = Duration::from_secs(60);
/// More crashes than this within [`CRASHES_WITHIN`] are not bad luck any more.
const CRASHES_MAX: usize = 3;
const CRASHES_WITHIN: Duration = Duration::from_secs(60);
/// Pause before a new start; doubled with each crash that counts.
const PAUSE: Duration = Duration::from_millis(500);
/// The exit code with which our launchers say that their port is taken.
const EXIT_PORT_IN_USE: i32 = 3;

/// How a child shows that it is ready.
#[derive(Debug, Clone)]
pub(crate) enum Ready {
    /// A line on its standard output begins so.
    Line(&'static str),
    /// It is as soon as it runs.
    AtOnce,
}

/// Starts a child and waits until it is ready; returns with it the rest of the line that said so.
pub(crate) async fn start(program: &Program, ready: &Ready) -> Result<(Child, String), Fault> {
    let mut child = Child::spawn(program)?;
    let found = timeout(READY, wait_ready(&mut child, ready)).await;
    match found {
        Ok(Some(line)) => Ok((child, line)),
        Ok(None) => {
            let status = child.ended().await?;
            Err(crashed(program, &mut child, status, 1).await)
        }
        Err(_) => {
            let tail = child.tail().await;
            child.kill().await;
            Err(Fault::NotReady { name: program.name, seconds: READY.as_secs(), tail })
        }
    }
}

/// `None`: it ended, or is about to.
async fn wait_ready(child: &mut Child, ready: &Ready) -> Option<String> {
    match ready {
        Ready::AtOnce => Some(String::new()),
        Ready::Line(prefix) => {
            while let Some(line) = child.line().await {
                if let Some(rest) = line.strip_prefix(prefix) {
                    return Some(rest.to_owned());
                }
            }
            None
        }
    }
}

/// Keeps a started child up until `stop` turns true. Ends early only with the fault that made it give up.
pub(crate) async fn keep(
    program: Program,
    ready: Ready,
    child: Child,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Fault> {
    let mut crashes = VecDeque::new();
    let mut running = Some(child);
    loop {
        let fault = match running.take() {
            Some(mut child) => tokio::select! {
                biased;
                () = stopped(&mut stop) => {
                    child.stop().await;
                    return Ok(());
                }
                status = child.ended() => {
                    let status = status?;
                    crashed(&program, &mut child, status, crashes.len() + 1).await
                }
            },
            None => tokio::select! {
                biased;
                () = stopped(&mut stop) => return Ok(()),
                started = start(&program, &ready) => match started {
                    Ok((child, _)) => {
                        tracing::info!(child = program.name, "is up again");
                        running = Some(child);
                        continue;
                    }
                    Err(fault) => fault,
                },
            },
        };
        let counted = count(&mut crashes, Instant::now());
        if counted > CRASHES_MAX || matches!(fault, Fault::ProgramMissing { .. } | Fault::PortInUse { .. }) {
            return Err(with_times(fault, counted));
        }
        tracing::warn!(%fault, "starting it again");
        tokio::select! {
            () = stopped(&mut stop) => return Ok(()),
            () = sleep(PAUSE * (1 << (counted - 1))) => {}
        }
    }
}

/// Resolves when the devnet is to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The sender is gone only when everything is being dropped.
    let _ = stop.wait_for(|stop| *stop).await;
}

fn count(crashes: &mut VecDeque<Instant>, now: Instant) -> usize {
    crashes.push_back(now);
    while crashes.front().is_some_and(|first| now.duration_since(*first) > CRASHES_WITHIN) {
        crashes.pop_front();
    }
    crashes.len()
}

fn with_times(fault: Fault, counted: usize) -> Fault {
    match fault {
        Fault::Crashed { name, status, tail, .. } => Fault::Crashed { name, status, times: counted, tail },
        other => other,
    }
}

async fn crashed(program: &Program, child: &mut Child, status: std::process::ExitStatus, times: usize) -> Fault {
    if let (Some(EXIT_PORT_IN_USE), Some(port)) = (status.code(), program.port) {
        return Fault::PortInUse { port: port.number, what: program.name, flag: port.flag };
    }
    Fault::Crashed { name: program.name, status, times, tail: child.tail().await }
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
    async fn ready_is_the_line_that_says_so() {
        let (child, rest) = start(&shell("echo starting; echo ready 42; cat"), &Ready::Line("ready ")).await.unwrap();
        assert_eq!(rest, "42");
        child.stop().await;
    }

    #[tokio::test]
    async fn an_early_end_is_told_with_its_last_words() {
        let fault = start(&shell("echo no such luck >&2; exit 9"), &Ready::Line("ready ")).await.unwrap_err();
        let text = fault.to_string();
        assert!(matches!(fault, Fault::Crashed { times: 1, .. }), "{text}");
        assert!(text.contains("no such luck") && text.contains('9'), "{text}");
    }

    #[tokio::test]
    async fn a_child_that_crashes_for_ever_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let count = folder.path().join("count");
        let program = shell(&format!("echo x >> {}; echo ready; exit 1", count.display()));
        let (child, _) = start(&program, &Ready::Line("ready")).await.unwrap();
        let (_sender, stop) = watch::channel(false);
        let began = Instant::now();
        let fault = keep(program, Ready::Line("ready"), child, stop).await.unwrap_err();
        assert!(matches!(fault, Fault::Crashed { times: 4, .. }), "{fault}");
        assert_eq!(std::fs::read_to_string(count).unwrap().lines().count(), CRASHES_MAX + 1);
        assert!(began.elapsed() >= PAUSE * 7, "too eager");
    }

    #[tokio::test]
    async fn a_crashed_child_comes_back_and_stops_when_asked_to() {
        let folder = tempfile::tempdir().unwrap();
        let flag = folder.path().join("flag");
        let script =
            format!("if [ -e {0} ]; then echo ready; cat; else touch {0}; echo ready; exit 1; fi", flag.display());
        let (child, _) = start(&shell(&script), &Ready::Line("ready")).await.unwrap();
        let (sender, stop) = watch::channel(false);
        let kept = tokio::spawn(keep(shell(&script), Ready::Line("ready"), child, stop));
        sleep(PAUSE * 3).await;
        assert!(!kept.is_finished(), "the second start stays");
        sender.send(true).unwrap();
        timeout(Duration::from_secs(4), kept).await.unwrap().unwrap().unwrap();
    }
}
