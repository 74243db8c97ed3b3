//! The door: foreign text becomes a command whose parts are parsed, or an error with a code.

use everpay::{AccountId, EverHash};

use crate::api::{Command, CommandError, PageRequest};

/// Rows of a page at most.
const ROWS_MAX: u32 = 200;
/// Longest text of a search, bytes.
const TEXT_MAX: usize = 512;

impl Command {
    /// Reads an envelope `{command, request}`.
    ///
    /// # Errors
    /// `invalid_request` for an unknown command or a request of another shape.
    pub fn from_json(envelope: serde_json::Value) -> Result<Self, CommandError> {
        // The fault's text may quote the request, which may hold a password.
        let other = |_| CommandError::new("invalid_request", "not a known command, or its request has another shape");
        serde_json::from_value(envelope).map_err(other)
    }

    /// Whether the command changes anything here.
    #[must_use]
    pub const fn changes(&self) -> bool {
        match self {
            Self::Status(_)
            | Self::Network(_)
            | Self::LastHour(_)
            | Self::Balances(_)
            | Self::RecentAccounts(_)
            | Self::Transactions(_)
            | Self::Transaction(_)
            | Self::Batches(_)
            | Self::Alerts(_)
            | Self::Alert(_)
            | Self::Search(_)
            | Self::VaultChains(_)
            | Self::Deposits(_)
            | Self::Solvency(_)
            | Self::Burns(_)
            | Self::Keystore(_)
            | Self::WithdrawOptions(_)
            | Self::QuoteWithdrawal(_)
            | Self::Withdrawal(_)
            | Self::Watchman(_)
            | Self::Payouts(_)
            | Self::Payout(_)
            | Self::Policy(_)
            | Self::PreviewPolicy(_)
            | Self::Roster(_)
            | Self::PreviewRoster(_)
            | Self::Ceremonies(_)
            | Self::Ceremony(_)
            | Self::KeyAddress(_)
            | Self::Session(_)
            | Self::Even(_)
            | Self::EvenNodes(_)
            | Self::EvenNode(_)
            | Self::EvenWhatIf(_)
            | Self::EvenMessages(_)
            | Self::EvenMessage(_) => false,
            Self::AcknowledgeAlert(_)
            | Self::PostMint(_)
            | Self::CreateKeystore(_)
            | Self::UnlockKeystore(_)
            | Self::LockKeystore(_)
            | Self::ExtendUnlock(_)
            | Self::SetAutoLock(_)
            | Self::ChangePassword(_)
            | Self::NewPhrase(_)
            | Self::AddNewAccount(_)
            | Self::ImportAccount(_)
            | Self::RenameKey(_)
            | Self::RemoveKey(_)
            | Self::BackupKeystore(_)
            | Self::PreviewRestore(_)
            | Self::RestoreKeystore(_)
            | Self::SaveText(_)
            | Self::SetLanguage(_)
            | Self::Withdraw(_)
            | Self::ApprovePayout(_)
            | Self::RefusePayout(_)
            | Self::ReopenPayout(_)
            | Self::StopSigning(_)
            | Self::RearmVault(_)
            | Self::PardonMember(_)
            | Self::SavePolicy(_)
            | Self::SaveRoster(_)
            | Self::SetUpWatchman(_)
            | Self::InviteToKey(_)
            | Self::CompareMember(_)
            | Self::JoinCeremony(_)
            | Self::StopCeremony(_)
            | Self::RepeatCeremony(_)
            | Self::SaveCeremonyProof(_)
            | Self::StartKeyTask(_)
            | Self::BackupShare(_)
            | Self::DrillShareBackup(_)
            | Self::RestoreShare(_)
            | Self::AskToSign(_)
            | Self::ApproveSession(_)
            | Self::DeclineSession(_)
            | Self::CarryMessages(_)
            | Self::TakeMessages(_)
            | Self::WatchEvenNode(_)
            | Self::StartEven(_)
            | Self::StopEven(_) => true,
        }
    }
}

impl CommandError {
    /// An error with a code and a text for a log.
    #[must_use]
    pub fn new(code: &str, message: impl ToString) -> Self {
        Self { code: code.to_owned(), message: message.to_string() }
    }
}

/// Rows wanted, 1 to 200.
pub(crate) fn rows(limit: u32) -> Result<usize, CommandError> {
    match limit {
        1..=ROWS_MAX => Ok(limit as usize),
        _ => Err(CommandError::new("invalid_request", format!("limit {limit} is not between 1 and {ROWS_MAX}"))),
    }
}

/// The batch before which a page of batches starts.
pub(crate) fn batch_cursor(page: &PageRequest) -> Result<Option<u64>, CommandError> {
    row_cursor(page.cursor.as_deref())
}

/// The row before which a page starts.
pub(crate) fn row_cursor(cursor: Option<&str>) -> Result<Option<u64>, CommandError> {
    cursor.map(number).transpose()
}

/// The position before which a page of transactions starts, `batch.item`.
pub(crate) fn position(cursor: Option<&str>) -> Result<Option<detector::model::Position>, CommandError> {
    let Some(text) = cursor else { return Ok(None) };
    let (batch, item) = text.split_once('.').ok_or_else(|| bad_cursor(text))?;
    Ok(Some(detector::model::Position { batch: number(batch)?, item: number(item)? }))
}

/// The cursor of a position.
pub(crate) fn cursor(position: detector::model::Position) -> String {
    format!("{}.{}", position.batch, position.item)
}

/// An account id in any accepted form.
pub(crate) fn account(text: &str) -> Result<AccountId, CommandError> {
    AccountId::parse(text).map_err(|refusal| CommandError::new("invalid_account", refusal.code()))
}

/// An everHash, `0x` hex.
pub(crate) fn ever_hash(text: &str) -> Result<EverHash, CommandError> {
    text.parse().map_err(|_| CommandError::new("invalid_request", "not an everHash"))
}

/// A text of bounded length.
pub(crate) fn text(text: &str) -> Result<&str, CommandError> {
    if text.len() > TEXT_MAX {
        return Err(CommandError::new("invalid_request", format!("longer than {TEXT_MAX} bytes")));
    }
    Ok(text)
}

fn number(text: &str) -> Result<u64, CommandError> {
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or_else(|| bad_cursor(text))
}

fn bad_cursor(text: &str) -> CommandError {
    let shown: String = text.chars().take(40).collect();
    CommandError::new("invalid_request", format!("not a cursor: {shown:?}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_envelope_is_read_or_refused() {
        let read = |value| Command::from_json(value).map_err(|error| error.code);
        assert!(matches!(read(json!({"command": "status", "request": {}})), Ok(Command::Status(_))));
        let page = json!({"command": "batches", "request": {"cursor": null, "limit": 20}});
        assert!(matches!(read(page), Ok(Command::Batches(PageRequest { limit: 20, .. }))));
        for bad in [
            json!(null),
            json!("status"),
            json!({}),
            json!({"command": "status"}),
            json!({"command": "Status", "request": {}}),
            json!({"command": "shutdown", "request": {}}),
            json!({"command": "batches", "request": {"cursor": null}}),
            json!({"command": "batches", "request": {"cursor": null, "limit": -1}}),
            json!({"command": "alert", "request": {"key": 7}}),
            json!({"command": "transactions", "request": {"limit": 1, "verdict": "fine"}}),
        ] {
            assert_eq!(read(bad.clone()).unwrap_err(), "invalid_request", "{bad}");
        }
    }

    #[test]
    fn only_what_changes_something_says_so() {
        let command = |name: &str, request| Command::from_json(json!({"command": name, "request": request})).unwrap();
        assert!(command("acknowledgeAlert", json!({"key": "k"})).changes());
        assert!(command("postMint", json!({"chain": "ethereum", "tx": "0x", "tokenId": "0x"})).changes());
        assert!(!command("alert", json!({"key": "k"})).changes());
        assert!(!command("solvency", json!({})).changes());
        assert!(!command("status", json!({})).changes());
    }

    #[test]
    fn limits_and_cursors_are_checked() {
        for limit in [0, 201, u32::MAX] {
            assert_eq!(rows(limit).unwrap_err().code, "invalid_request");
        }
        assert_eq!((rows(1).unwrap(), rows(200).unwrap()), (1, 200));
        let there = position(Some("12.3")).unwrap().unwrap();
        assert_eq!((there.batch, there.item, cursor(there)), (12, 3, "12.3".to_owned()));
        assert!(position(None).unwrap().is_none());
        for bad in ["", "12", "12.", ".3", "+1.2", "1.2.3", "99999999999999999999.1", "a.b", " 1.2"] {
            assert_eq!(position(Some(bad)).unwrap_err().code, "invalid_request", "{bad}");
        }
    }

    #[test]
    fn ids_are_parsed() {
        assert_eq!(account("nobody").unwrap_err().code, "invalid_account");
        assert!(account("0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1").is_ok());
        for bad in ["", "0x", "0x12", &"0".repeat(66), &format!("0x{}", "g".repeat(64))] {
            assert_eq!(ever_hash(bad).unwrap_err().code, "invalid_request", "{bad}");
        }
        assert!(ever_hash(&format!("0x{}", "a".repeat(64))).is_ok());
        assert!(text(&"x".repeat(TEXT_MAX + 1)).is_err());
    }
}
