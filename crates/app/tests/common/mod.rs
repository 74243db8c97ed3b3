//! A person at a desk, and an app with such a person before it.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "not every test asks for everything")]

pub(crate) mod circle;
pub(crate) mod nowhere;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::api::{Command, CommandError};
use app::confirm::{Answer, Desk, Question};
use app::{App, Config, NetworkFile};
use serde_json::{Value, json};

/// A person who answers what is asked with what was laid down, and no afterwards.
#[derive(Default)]
pub(crate) struct Person {
    answers: Mutex<VecDeque<bool>>,
    files: Mutex<VecDeque<PathBuf>>,
    asked: Mutex<Vec<Question>>,
}

impl Person {
    pub(crate) fn says(&self, yes: bool) {
        self.answers.lock().unwrap().push_back(yes);
    }

    /// Chooses this file when one is asked for; without one the choice is given up.
    pub(crate) fn chooses(&self, path: &Path) {
        self.files.lock().unwrap().push_back(path.to_owned());
    }

    /// The last question as it was shown.
    pub(crate) fn last_question(&self) -> Option<Question> {
        self.asked.lock().unwrap().pop()
    }

    fn choice(&self) -> Answer<'_, Option<PathBuf>> {
        let path = self.files.lock().unwrap().pop_front();
        Box::pin(async move { path })
    }

    /// The text of the last question, with its long lines in one piece.
    pub(crate) fn was_asked(&self) -> String {
        let last = self.asked.lock().unwrap().pop();
        last.map(|question| question.text.replace("\n    ", " ")).unwrap_or_default()
    }
}

impl Desk for Person {
    fn ask(&self, question: Question) -> Answer<'_, bool> {
        self.asked.lock().unwrap().push(question);
        let yes = self.answers.lock().unwrap().pop_front().unwrap_or(false);
        Box::pin(async move { yes })
    }

    fn choose_new_file(&self, _: String, _: String) -> Answer<'_, Option<PathBuf>> {
        self.choice()
    }

    fn choose_file(&self, _: String) -> Answer<'_, Option<PathBuf>> {
        self.choice()
    }
}

/// An app, with a person before its window.
pub(crate) struct Window {
    pub(crate) app: App,
    pub(crate) person: Arc<Person>,
    pub(crate) folder: PathBuf,
    patience: Duration,
}

impl Window {
    /// Starts an app.
    pub(crate) fn opening(network: NetworkFile, folder: &Path, patience: Duration) -> Self {
        let person = Arc::new(Person::default());
        let desk: Arc<dyn Desk> = Arc::<Person>::clone(&person);
        let config = Config { network, data_dir: folder.to_owned(), notify: false, desk: Some(desk) };
        Self { app: App::start(config).unwrap(), person, folder: folder.to_owned(), patience }
    }

    /// Starts an app and waits until its core answers.
    pub(crate) async fn open(network: NetworkFile, folder: &Path, patience: Duration) -> Self {
        let window = Self::opening(network, folder, patience);
        window.until("the core opens", "status", json!({}), |_| true).await;
        window
    }

    pub(crate) async fn ask(&self, name: &str, request: Value) -> Result<Value, CommandError> {
        let command = Command::from_json(json!({"command": name, "request": request})).unwrap();
        self.app.handle(command).await.map(|reply| serde_json::to_value(reply).unwrap())
    }

    pub(crate) async fn done(&self, name: &str, request: Value) -> Value {
        self.ask(name, request).await.unwrap_or_else(|why| panic!("{name}: {why:?}"))
    }

    /// The code of a refusal.
    pub(crate) async fn refused(&self, name: &str, request: Value) -> String {
        match self.ask(name, request).await {
            Err(why) => why.code,
            Ok(done) => panic!("{name} was done: {done}"),
        }
    }

    pub(crate) async fn until(&self, what: &str, name: &str, request: Value, holds: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.ask(name, request.clone()).await;
            match &answer {
                Ok(view) if holds(view) => return view.clone(),
                _ => assert!(begun.elapsed() < self.patience, "{what}: {answer:?}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn unlock(&self, password: &str) {
        self.done("unlockKeystore", json!({"password": password, "minutes": null})).await;
    }

    /// The watchman as soon as it is so.
    pub(crate) async fn watchman(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        self.until(what, "watchman", json!({}), holds).await
    }

    /// The same, running.
    pub(crate) async fn running(&self) -> Value {
        self.watchman("it runs", |view| view["mode"] == "running").await
    }

    /// Stops the app; its folder is free then.
    pub(crate) async fn close(self) {
        self.app.stop().await;
    }
}
