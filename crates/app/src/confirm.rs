//! Questions that only a person at this machine may answer, in a window that no page can reach.
//!
//! The core writes the words from what it computed itself; a shell only shows them. What always holds: no answer within
//! five minutes, a closed window or a shell without windows is a no; one question stands at a time, and none after many
//! answers of no; a value can add no line to a question and turn none around.

mod draft;
mod words;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::api::CommandError;
use crate::settings::Settings;

pub(crate) use draft::{Draft, cut};
pub(crate) use words::Word;

/// A question that nobody answers for this long is answered with no.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// After so many answers of no within [`NOES_TIME`] nothing is asked for a while: a page could ask until a person gives in.
const NOES_MAX: usize = 8;
const NOES_TIME: Duration = Duration::from_secs(60);

/// A question with its two answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// One line: what is asked.
    pub title: String,
    /// The facts, line by line.
    pub text: String,
    /// The verb of the button that says yes.
    pub yes: String,
    /// The word of the button that says no, which has the focus.
    pub no: String,
}

/// What the shell's answer will be.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A shell that has windows of its own. An answer that is dropped closes its window.
pub trait Desk: Send + Sync + 'static {
    /// Whether the person said yes.
    fn ask(&self, question: Question) -> Answer<'_, bool>;

    /// Where to write a file of this proposed name; `None` when the person chose nothing.
    fn choose_new_file(&self, title: String, name: String) -> Answer<'_, Option<PathBuf>>;

    /// Which file to read; `None` when the person chose nothing.
    fn choose_file(&self, title: String) -> Answer<'_, Option<PathBuf>>;
}

impl fmt::Debug for dyn Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}

/// Asks the person, when there is a desk to ask at.
#[derive(Debug)]
pub(crate) struct Asker {
    desk: Option<Arc<dyn Desk>>,
    settings: Arc<Settings>,
    patience: Duration,
    /// Held by whoever asks; when the last answers of no were given.
    turn: Mutex<Vec<Instant>>,
}

impl Asker {
    pub(crate) fn new(desk: Option<Arc<dyn Desk>>, settings: Arc<Settings>) -> Self {
        Self { desk, settings, patience: PATIENCE, turn: Mutex::default() }
    }

    /// Whether there is a window to ask in.
    pub(crate) fn native(&self) -> bool {
        self.desk.is_some()
    }

    /// Returns when the person said yes.
    ///
    /// # Errors
    /// `needs_window`, `busy` while another question stands, `declined`.
    pub(crate) async fn confirm(&self, draft: Draft) -> Result<(), CommandError> {
        let question = draft.question(self.settings.language());
        match self.at_desk(|desk| desk.ask(question), |yes| *yes).await? {
            Some(true) => Ok(()),
            Some(false) | None => Err(CommandError::new("declined", "the answer was no, or none")),
        }
    }

    /// Where the person wants a new file; `None`: nowhere.
    ///
    /// # Errors
    /// `needs_window`, `busy`.
    pub(crate) async fn new_file(&self, title: Word, name: String) -> Result<Option<PathBuf>, CommandError> {
        let title = title.of(self.settings.language()).to_owned();
        Ok(self.at_desk(|desk| desk.choose_new_file(title, name), Option::is_some).await?.flatten())
    }

    /// Which file the person wants to be read; `None`: none.
    ///
    /// # Errors
    /// `needs_window`, `busy`.
    pub(crate) async fn file(&self, title: Word) -> Result<Option<PathBuf>, CommandError> {
        let title = title.of(self.settings.language()).to_owned();
        Ok(self.at_desk(|desk| desk.choose_file(title), Option::is_some).await?.flatten())
    }

    /// What the desk answers; `None` when nobody did in time.
    async fn at_desk<'a, T>(
        &'a self,
        ask: impl FnOnce(&'a dyn Desk) -> Answer<'a, T>,
        is_yes: impl FnOnce(&T) -> bool,
    ) -> Result<Option<T>, CommandError> {
        let desk = self.desk.as_deref();
        let desk = desk.ok_or_else(|| CommandError::new("needs_window", "this program has no window to ask in"))?;
        let mut noes = self.turn.try_lock().map_err(|_| CommandError::new("busy", "another question stands"))?;
        noes.retain(|at| at.elapsed() < NOES_TIME);
        if noes.len() >= NOES_MAX {
            return Err(CommandError::new("busy", "too many questions were answered with no; ask again in a minute"));
        }
        let answer = tokio::time::timeout(self.patience, ask(desk)).await.ok();
        if !answer.as_ref().is_some_and(is_yes) {
            noes.push(Instant::now());
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// A person who never answers.
    struct Silent;

    impl Desk for Silent {
        fn ask(&self, _: Question) -> Answer<'_, bool> {
            Box::pin(std::future::pending())
        }

        fn choose_new_file(&self, _: String, _: String) -> Answer<'_, Option<PathBuf>> {
            Box::pin(std::future::pending())
        }

        fn choose_file(&self, _: String) -> Answer<'_, Option<PathBuf>> {
            Box::pin(std::future::pending())
        }
    }

    fn asker(desk: Option<Arc<dyn Desk>>) -> (Asker, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let settings = Arc::new(Settings::open(folder.path()));
        (Asker { patience: Duration::from_millis(300), ..Asker::new(desk, settings) }, folder)
    }

    fn draft() -> Draft {
        Draft::new(Word::RemoveKey, Word::Remove)
    }

    #[tokio::test]
    async fn without_a_window_nothing_is_confirmed() {
        let (asker, _folder) = asker(None);
        assert!(!asker.native());
        assert_eq!(asker.confirm(draft()).await.unwrap_err().code, "needs_window");
        assert_eq!(asker.file(Word::OpenBackup).await.unwrap_err().code, "needs_window");
    }

    #[tokio::test]
    async fn nobody_is_asked_until_they_give_in() {
        let (asker, _folder) = asker(Some(Arc::new(Silent)));
        let asker = Asker { patience: Duration::from_millis(1), ..asker };
        for _ in 0..NOES_MAX {
            assert_eq!(asker.confirm(draft()).await.unwrap_err().code, "declined");
        }
        assert_eq!(asker.confirm(draft()).await.unwrap_err().code, "busy");
        assert_eq!(asker.file(Word::OpenBackup).await.unwrap_err().code, "busy");
        asker.turn.lock().await.iter_mut().for_each(|at| *at -= NOES_TIME);
        assert_eq!(asker.confirm(draft()).await.unwrap_err().code, "declined", "a minute later");
    }

    #[tokio::test]
    async fn silence_is_a_no_and_a_second_question_must_wait() {
        let (asker, _folder) = asker(Some(Arc::new(Silent)));
        let second = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            asker.confirm(draft()).await.unwrap_err().code
        };
        let (first, second) = tokio::join!(asker.confirm(draft()), second);
        assert_eq!((first.unwrap_err().code.as_str(), second.as_str()), ("declined", "busy"));
        assert_eq!(asker.new_file(Word::SaveBackup, "keys".into()).await.unwrap(), None);
    }
}
