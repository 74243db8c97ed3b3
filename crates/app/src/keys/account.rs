//! New accounts, imported ones, their labels, and taking one away.

use keystore::{Entry, Label, NewKey, Phrase, WordCount};
use zeroize::Zeroizing;

use super::{Answer, Keys, codes, id};
use crate::api::{
    CommandError, ImportRequest, ImportSource, KeyRequest, KeystoreView, NewAccountRequest, PhraseRequest, PhraseView,
    RenameKeyRequest, WordCheck,
};
use crate::confirm::{Draft, Word};

/// A phrase that was shown is forgotten after this.
const SHOWN_MS: u64 = 10 * 60_000;
/// Fewest words that show that a phrase was written down.
const CHECKS_MIN: usize = 3;

/// A phrase that a person writes down now.
#[derive(Debug)]
pub(super) struct Shown {
    phrase: Phrase,
    key: NewKey,
    pub(super) until_ms: u64,
}

impl Keys {
    /// Makes a phrase and shows it, once.
    pub(crate) async fn new_phrase(&self, request: &PhraseRequest) -> Answer<PhraseView> {
        let count = match request.words {
            12 => WordCount::Twelve,
            24 => WordCount::TwentyFour,
            _ => return Err(CommandError::new("invalid_request", "a new phrase has 12 or 24 words")),
        };
        self.state().opened()?;
        let made = self.work(move || {
            let phrase = Phrase::generate(count).map_err(|fault| CommandError::new("core_fault", fault))?;
            let key = phrase.evm_account("", 0).map_err(codes::phrase)?;
            Ok((phrase, key))
        });
        let (phrase, key) = made.await?;
        let words = phrase.words().split(' ').map(str::to_owned).collect();
        let view = PhraseView { words, account: key.identity().to_string() };
        let until_ms = detector::now_ms().saturating_add(SHOWN_MS);
        self.state().opened()?.phrase = Some(Shown { phrase, key, until_ms });
        Ok(view)
    }

    /// Makes the account of the phrase that was shown, if it was written down.
    pub(crate) async fn add_new_account(&self, request: NewAccountRequest) -> Answer<KeystoreView> {
        let check: Vec<_> = request.check.into_iter().map(Typed::from).collect();
        let label = label(&request.label)?;
        let key = {
            let mut state = self.state();
            let shown = state.opened()?.phrase.as_ref();
            let shown = shown.ok_or_else(|| CommandError::new("no_phrase", "no phrase is shown"))?;
            if !was_written_down(&shown.phrase, &check) {
                return Err(CommandError::new("wrong_words", "these are not the words that were shown"));
            }
            shown.key.clone()
        };
        let view = self.add(label, move || Ok(key)).await?;
        if let Ok(open) = self.state().opened() {
            open.phrase = None;
        }
        Ok(view)
    }

    /// Takes a key in.
    pub(crate) async fn import(&self, request: ImportRequest) -> Answer<KeystoreView> {
        let source = Source::from(request.source);
        let label = label(&request.label)?;
        self.add(label, move || source.read()).await
    }

    async fn add(&self, label: Label, key: impl FnOnce() -> Answer<NewKey> + Send + 'static) -> Answer<KeystoreView> {
        let added = self.edit(move |session, now_ms| {
            let key = key()?;
            session.add(label, key, now_ms).map_err(|error| codes::edit(&error))
        });
        added.await?;
        Ok(self.view())
    }

    /// Gives a key another label.
    pub(crate) async fn rename(&self, request: &RenameKeyRequest) -> Answer<KeystoreView> {
        let (id, label) = (id(&request.id)?, label(&request.label)?);
        let renamed =
            self.edit(move |session, now_ms| session.rename(id, label, now_ms).map_err(|error| codes::edit(&error)));
        renamed.await?;
        Ok(self.view())
    }

    /// Removes a key, once a person confirmed it outside the page.
    pub(crate) async fn remove(&self, request: &KeyRequest) -> Answer<KeystoreView> {
        let id = id(&request.id)?;
        let entry = {
            let mut state = self.state();
            state.opened()?;
            let entry = state.entry(id)?.clone();
            if state.is_watchmans(&entry.identity) {
                return Err(CommandError::new("in_use", "the watchman of this program signs with it"));
            }
            entry
        };
        self.0.asker.confirm(removal(&entry)).await?;
        let removed = self.edit(move |session, now_ms| session.remove(id, now_ms).map_err(|error| codes::edit(&error)));
        removed.await?;
        Ok(self.view())
    }
}

fn removal(entry: &Entry) -> Draft {
    let draft = Draft::new(Word::RemoveKey, Word::Remove).fact(Word::Label, &entry.label);
    match entry.identity.account() {
        Some(account) => draft.fact(Word::Account, account),
        None => draft.fact(Word::Kind, entry.identity.kind().as_str()),
    }
    .gap()
    .say(Word::RemoveKeyLoses)
    .say(Word::CannotBeUndone)
}

fn label(text: &str) -> Answer<Label> {
    Label::new(text).map_err(codes::label)
}

/// A word that was typed, with its place from 1.
struct Typed {
    place: u32,
    word: Zeroizing<String>,
}

impl From<WordCheck> for Typed {
    fn from(check: WordCheck) -> Self {
        Self { place: check.place, word: Zeroizing::new(check.word) }
    }
}

/// Whether enough different places are named, each with its word.
fn was_written_down(phrase: &Phrase, check: &[Typed]) -> bool {
    let text = phrase.words();
    let words: Vec<_> = text.split(' ').collect();
    let mut places: Vec<_> = check.iter().map(|typed| typed.place).collect();
    places.sort_unstable();
    places.dedup();
    let right = |typed: &Typed| {
        let word = usize::try_from(typed.place).ok().and_then(|place| words.get(place.checked_sub(1)?));
        word.is_some_and(|word| typed.word.trim().eq_ignore_ascii_case(word))
    };
    places.len() >= CHECKS_MIN && check.iter().all(right)
}

/// A key in another wallet's form, in memory that is wiped.
enum Source {
    Phrase { phrase: Zeroizing<String>, passphrase: Zeroizing<String>, index: u32 },
    EvmKey(Zeroizing<String>),
    KeyFile { json: String, password: Zeroizing<String> },
    Arweave(Zeroizing<String>),
}

impl From<ImportSource> for Source {
    fn from(source: ImportSource) -> Self {
        match source {
            ImportSource::Phrase { phrase, passphrase, index } => {
                Self::Phrase { phrase: Zeroizing::new(phrase), passphrase: Zeroizing::new(passphrase), index }
            }
            ImportSource::EvmKey { hex } => Self::EvmKey(Zeroizing::new(hex)),
            ImportSource::KeyFile { json, password } => Self::KeyFile { json, password: Zeroizing::new(password) },
            ImportSource::Arweave { json } => Self::Arweave(Zeroizing::new(json)),
        }
    }
}

impl Source {
    /// Takes as long as the form asks: some seconds for a key file.
    fn read(self) -> Answer<NewKey> {
        match self {
            Self::Phrase { phrase, passphrase, index } => {
                Phrase::parse(&phrase).and_then(|phrase| phrase.evm_account(&passphrase, index)).map_err(codes::phrase)
            }
            Self::EvmKey(hex) => NewKey::from_evm_hex(&hex).map_err(codes::key),
            Self::KeyFile { json, password } => NewKey::from_evm_v3(&json, &password).map_err(codes::key_file),
            Self::Arweave(json) => NewKey::from_arweave_jwk(&json).map_err(codes::key),
        }
    }
}
