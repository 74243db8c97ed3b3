//! Ends this program when the one that started it is gone.
//!
//! The parent keeps the write end of our standard input open and never writes. However the parent ends, even by
//! kill -9, the kernel closes that end and we read the end of the file. A process id would be guessed, reused or
//! missed; a pipe cannot be.

use std::io::Read;
use std::thread;

use tokio::sync::oneshot;

/// Resolves when standard input ends. For programs that have something to put in order before they go.
///
/// The receiver never errs before that: its sender lives in a thread that does nothing else.
#[must_use]
pub fn parent_gone() -> oneshot::Receiver<()> {
    let (gone, when_gone) = oneshot::channel();
    watch(move || {
        // Nobody listens any more: the program is already on its way out.
        let _ = gone.send(());
    });
    when_gone
}

/// Ends the process with code 0 when standard input ends. For programs whose data survives being stopped anywhere.
pub fn exit_with_parent() {
    watch(|| {
        tracing::info!("the program that started this one is gone; ending");
        std::process::exit(0);
    });
}

fn watch(then: impl FnOnce() + Send + 'static) {
    let started = thread::Builder::new().name("parent-watch".into()).spawn(move || {
        wait_for_end(std::io::stdin().lock());
        then();
    });
    if let Err(fault) = started {
        tracing::warn!(%fault, "cannot watch the parent; this program will not end with it");
    }
}

fn wait_for_end(mut input: impl Read) {
    let mut ignored = [0_u8; 256];
    loop {
        match input.read(&mut ignored) {
            Ok(0) => return,
            Ok(_) => {}
            Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Parts(Vec<std::io::Result<usize>>);

    impl Read for Parts {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            self.0.pop().unwrap_or(Ok(0))
        }
    }

    #[test]
    fn bytes_and_interruptions_are_not_the_end() {
        let interrupted = std::io::Error::from(std::io::ErrorKind::Interrupted);
        let mut parts = Parts(vec![Ok(0), Ok(5), Err(interrupted), Ok(256)]);
        wait_for_end(&mut parts);
        assert!(parts.0.is_empty(), "the watch stopped before the end of the input");
    }

    #[test]
    fn a_broken_pipe_is_the_end() {
        let broken = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        let mut parts = Parts(vec![Ok(1), Err(broken)]);
        wait_for_end(&mut parts);
        assert_eq!(parts.0.len(), 1);
    }
}
