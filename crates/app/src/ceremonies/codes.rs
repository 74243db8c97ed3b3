//! From the driver's errors to the codes that pages act on. Messages carry the finer reason, never a secret.

use ceremony::AskError;

use crate::api::CommandError;
use crate::core::with_causes;

pub(super) fn not_done(why: AskError) -> CommandError {
    let code = match &why {
        AskError::Stopped => "not_running",
        AskError::Unknown(_) => "not_found",
        AskError::Locked => "locked",
        AskError::Keystore(_) => "file",
        AskError::Refused { code: "label", .. } => "bad_label",
        AskError::Refused { code: "account", .. } => "invalid_account",
        AskError::Refused { code: "busy", .. } => "key_busy",
        AskError::Refused {
            code: code @ ("not_compared" | "key_unknown" | "too_few" | "in_doubt" | "outdated" | "known"),
            ..
        } => code,
        AskError::Spend(_) => "bad_psbt",
        AskError::NoShare => "no_share",
        AskError::Backup(_) => match why.code() {
            "wrong_password" => "wrong_password",
            "backup_outdated" => "outdated",
            _ => "bad_backup",
        },
        AskError::Carried(_) => "bad_text",
        _ => "refused",
    };
    CommandError::new(code, with_causes(&why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_learns_what_a_person_can_do_about_it() {
        let refused = |code| not_done(AskError::Refused { code, what: "why".into() }).code;
        assert_eq!(refused("not_compared"), "not_compared");
        assert_eq!(refused("busy"), "key_busy", "`busy` is a question that stands");
        assert_eq!(refused("state"), "refused");
        assert_eq!(not_done(AskError::Locked).code, "locked");
        assert_eq!(not_done(AskError::Backup(threshold::BackupError::Password)).code, "wrong_password");
        assert_eq!(not_done(AskError::Backup(threshold::BackupError::Outdated)).code, "outdated");
        assert_eq!(not_done(AskError::Carried("torn")).message, "the text cannot be taken: torn");
    }
}
