//! Policy and roster: what is in force, what another text would change, and putting it in force.
//!
//! What always holds: a text is parsed before anything else; a person sees every change in a window that no page reaches,
//! and what is sealed is the text that was asked about, over the settings that it was compared with.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use everpay::{TokenSpec, TokenTag};
use keystore::Session;
use vault::policy::{Policy, TokenPolicy, Window};
use watchman::{RosterFile, SettingsError, SettingsFiles};

use super::changes::{joined, unusable};
use super::sealed::Sealed;
use super::{Answer, Guard, not_done, view};
use crate::api::{
    ChangePreview, CommandError, DelayLimit, PolicyView, RosterView, TokenLimits, TokenName, WindowLimit,
};
use crate::core::with_causes;
use crate::map;

impl Guard<'_> {
    pub(crate) async fn policy(&self) -> Answer<PolicyView> {
        Ok(self.policy_view(&self.now::<Policy>().await?))
    }

    pub(crate) async fn preview_policy(&self, text: &str) -> Answer<ChangePreview> {
        let new = match Policy::parse(text) {
            Ok(new) => new,
            Err(why) => return Ok(unusable(why)),
        };
        let old = self.if_set_up(self.now::<Policy>().await)?.unwrap_or_else(nothing);
        Ok(self.preview(watchman::policy_changes(&old, &new)))
    }

    pub(crate) async fn save_policy(&self, text: &str) -> Answer<PolicyView> {
        self.put(Policy::parse(text).map_err(invalid)?).await?;
        self.policy().await
    }

    pub(crate) async fn roster(&self) -> Answer<RosterView> {
        let roster = self.now::<RosterFile>().await?;
        let status = match self.running() {
            Ok(running) => Some(running.status().await.map_err(not_done)?),
            Err(_) => None,
        };
        Ok(RosterView {
            text: roster.to_text(),
            quarantine_hours: roster.quarantine_hours(),
            members: roster.members().iter().map(|member| view::member(member, status.as_ref())).collect(),
        })
    }

    pub(crate) async fn preview_roster(&self, text: &str) -> Answer<ChangePreview> {
        let new = match RosterFile::parse(text) {
            Ok(new) => new,
            Err(why) => return Ok(unusable(why)),
        };
        let changes = match self.if_set_up(self.now::<RosterFile>().await)? {
            Some(old) => watchman::roster_changes(&old, &new),
            None => joined(&new),
        };
        Ok(self.preview(changes))
    }

    pub(crate) async fn save_roster(&self, text: &str) -> Answer<RosterView> {
        let new = RosterFile::parse(text).map_err(invalid)?;
        self.holds_us(&new)?;
        self.put(new).await?;
        self.roster().await
    }

    /// Puts settings in force, if they change anything and a person says so.
    async fn put<T: Sealed>(&self, new: T) -> Answer<()> {
        self.unlocked()?;
        let old = self.now::<T>().await?;
        let changes = self.changes(&T::changes(&old, &new))?;
        if changes.is_empty() {
            return Ok(());
        }
        self.ask(T::question(&changes)).await?;
        let session = self.unlocked()?;
        if self.now::<T>().await? != old {
            return Err(CommandError::new("refused", "it was changed meanwhile; look at the difference again"));
        }
        let (sealed, data_dir) = (new.clone(), self.watch().folder.path().to_owned());
        self.seal(session, move |files, session| {
            sealed.seal(files, session)?;
            // Opened at once, so that its number is remembered and the file before it is no good any more.
            T::open(files, &data_dir, session).map(drop)
        })
        .await?;
        if let Ok(running) = self.running() {
            new.tell(&running).await.map_err(not_done)?;
        }
        self.changed();
        Ok(())
    }

    /// What is in force: by the running watchman's word, else from the file, which only an open keystore authenticates.
    async fn now<T: Sealed>(&self) -> Answer<T> {
        match self.running() {
            Ok(running) => T::of(&running).await.map_err(not_done),
            Err(why) if why.code == "not_set_up" => Err(why),
            Err(_) => {
                let data_dir = self.watch().folder.path().to_owned();
                self.seal(self.unlocked()?, move |files, key| T::open(files, &data_dir, key)).await
            }
        }
    }

    /// A roster that leaves this watchman out, or gives it another identity, would end it at the next start.
    fn holds_us(&self, roster: &RosterFile) -> Answer<()> {
        let inner = self.watch().inner();
        let named = inner.settings.as_ref().is_some_and(|ours| {
            roster.members().iter().any(|member| member.owner == ours.account && member.peer == ours.peer)
        });
        if named { Ok(()) } else { Err(CommandError::new("refused", "the roster does not name this watchman")) }
    }

    /// Works on the sealed files beside the async code.
    pub(super) async fn seal<T: Send + 'static>(
        &self,
        session: Arc<Session>,
        work: impl FnOnce(&SettingsFiles, &Session) -> Result<T, SettingsError> + Send + 'static,
    ) -> Answer<T> {
        let files = self.watch().folder.files();
        let _turn = self.watch().files.lock().await;
        let done = tokio::task::spawn_blocking(move || work(&files, &session)).await;
        let refused = |why: &dyn std::error::Error| CommandError::new("refused", with_causes(why));
        done.map_err(|broken| refused(&broken))?.map_err(|why| refused(&why))
    }

    /// `None` while no watchman is set up.
    fn if_set_up<T>(&self, answer: Answer<T>) -> Answer<Option<T>> {
        match answer {
            Err(why) if why.code == "not_set_up" => Ok(None),
            other => other.map(Some),
        }
    }

    fn policy_view(&self, policy: &Policy) -> PolicyView {
        let limits = policy.tokens.iter().map(|(tag, limits)| token_limits(self.token(tag), limits));
        let network = &self.shared.network;
        let guarded: BTreeSet<&String> =
            network.evm.keys().filter(|chain| network.rules.lockers.contains_key(*chain)).collect();
        let payable = self.rules.listed().iter().filter(|token| token.targets.keys().any(|c| guarded.contains(c)));
        let unlisted = payable.map(TokenSpec::tag).filter(|tag| !policy.tokens.contains_key(tag));
        PolicyView {
            text: policy.to_text(),
            stopped: policy.stopped,
            tokens: limits.collect(),
            deny: policy.deny.iter().map(ToString::to_string).collect(),
            allow: policy.allow.as_ref().map(|allow| allow.iter().map(ToString::to_string).collect()),
            unlisted: unlisted.map(|tag| self.token(&tag)).collect(),
        }
    }

    pub(super) fn token(&self, tag: &TokenTag) -> TokenName {
        let (symbol, decimals) = map::token_names(Some(&self.rules), tag);
        TokenName { tag: tag.to_string(), symbol, decimals }
    }
}

/// The policy before there is one: nothing passes.
pub(super) fn nothing() -> Policy {
    Policy { version: 1, stopped: false, tokens: [].into(), deny: BTreeSet::new(), allow: None }
}

fn token_limits(token: TokenName, limits: &TokenPolicy) -> TokenLimits {
    let window = |window: Window| WindowLimit { hours: window.hours, max: window.max.to_string() };
    TokenLimits {
        token,
        payout_max: limits.payout_max.to_string(),
        window: limits.window.map(window),
        recipient: limits.recipient.map(window),
        delay: limits.delay.map(|delay| DelayLimit { above: delay.above.to_string(), minutes: delay.minutes }),
        auto_up_to: limits.auto_up_to.to_string(),
    }
}

pub(super) fn invalid(why: impl Display) -> CommandError {
    CommandError::new("invalid_request", why)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn before_there_is_a_policy_nothing_passes_and_a_first_one_loosens() {
        assert_eq!(nothing().clone().checked().unwrap(), nothing());
        let limits = TokenPolicy {
            payout_max: 9_u64.into(),
            window: None,
            recipient: None,
            delay: None,
            auto_up_to: 1_u64.into(),
        };
        let first = Policy { tokens: [(everpay::eth_token().tag(), limits)].into(), ..nothing() };
        let changes = watchman::policy_changes(&nothing(), &first);
        assert!(changes.iter().any(|change| change.loosens), "{changes:?}");
    }
}
