//! From the keystore's errors to the codes that pages act on. Messages carry the finer code, never a secret.

use keystore::{
    BackupError, EditError, KeyError, LabelError, PasswordError, PhraseError, ReadError, Refusal, SaveError,
    UnlockError, V3Error,
};

use crate::api::CommandError;

pub(super) fn locked() -> CommandError {
    CommandError::new("locked", "the keystore is locked")
}

pub(super) fn no_such_key() -> CommandError {
    CommandError::new("not_found", "no such key")
}

/// A password that should be a new one.
pub(super) fn weak(error: PasswordError) -> CommandError {
    CommandError::new("weak_password", error.code())
}

/// A password that should open something and cannot be the one of any keystore.
pub(super) fn wrong(_: PasswordError) -> CommandError {
    CommandError::new("wrong_password", "wrong_password")
}

pub(super) fn label(error: LabelError) -> CommandError {
    CommandError::new("bad_label", error.code())
}

pub(super) fn phrase(error: PhraseError) -> CommandError {
    CommandError::new("bad_key", error.code())
}

pub(super) fn key(error: KeyError) -> CommandError {
    CommandError::new("bad_key", error.code())
}

pub(super) fn key_file(error: V3Error) -> CommandError {
    let code = if error == V3Error::WrongPassword { "wrong_password" } else { "bad_key" };
    CommandError::new(code, error.code())
}

pub(super) fn read(error: &ReadError) -> CommandError {
    let code = if error.code() == "keystore_missing" { "no_keystore" } else { "file" };
    CommandError::new(code, format!("{}: {error}", error.code()))
}

pub(super) fn unlock(error: &UnlockError) -> CommandError {
    match error {
        UnlockError::Read(error) => read(error),
        UnlockError::WrongPassword => CommandError::new("wrong_password", error.code()),
    }
}

pub(super) fn save(error: &SaveError) -> CommandError {
    let code = if error.code() == "keystore_exists" { "keystore_exists" } else { "file" };
    CommandError::new(code, format!("{}: {error}", error.code()))
}

pub(super) fn backup(error: &BackupError) -> CommandError {
    let code = if matches!(error, BackupError::Locked(_)) { "locked" } else { "file" };
    CommandError::new(code, format!("{}: {error}", error.code()))
}

pub(super) fn edit(error: &EditError) -> CommandError {
    let code = match error {
        EditError::Locked(_) => "locked",
        EditError::WrongPassword => "wrong_password",
        EditError::Save(_) => "file",
        EditError::Refused(refusal) => match refusal {
            Refusal::KnownKey(_) => "key_exists",
            Refusal::LabelTaken(_) => "bad_label",
            Refusal::NoSuchKey(_) => "not_found",
            Refusal::Full | Refusal::PreviewStale => "refused",
        },
    };
    CommandError::new(code, format!("{}: {error}", error.code()))
}
