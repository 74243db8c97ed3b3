//! Setting the watchman of this program up: first its identity, to be told to the others, then policy and roster.
//!
//! What always holds: nothing is written before a person said yes outside the page; a watchman that is set up keeps its
//! account, because its journal is of that account.

use keystore::{EntryId, Identity, Session};
use vault::policy::Policy;
use vault::signature::Owner;
use watchman::{Public, RosterFile};

use super::changes::joined;
use super::folder::{Settings, bind};
use super::rules::{invalid, nothing};
use super::{Answer, Guard, Phase, questions, view};
use crate::api::{CommandError, SetUpRequest, WatchmanView};
use crate::core::with_causes;

/// What was asked for, read.
struct Wish {
    owner: Owner,
    listen: String,
    /// `None`: only the identity.
    rules: Option<(RosterFile, Policy)>,
}

impl Guard<'_> {
    pub(crate) async fn set_up(&self, request: &SetUpRequest) -> Answer<WatchmanView> {
        self.unlocked()?;
        let wish = self.wish(request)?;
        let account = wish.owner.to_string();
        let members = wish.rules.iter().flat_map(|(roster, _)| roster.members());
        let members: Vec<_> =
            members.map(|one| (one.name, view::member_words(&one.owner, &one.peer).join(" "))).collect();
        let changes = wish.rules.as_ref().map(|(roster, policy)| {
            let mut changes = joined(roster);
            changes.extend(watchman::policy_changes(&nothing(), policy));
            changes
        });
        let changes = self.changes(&changes.unwrap_or_default())?;
        self.ask(questions::set_up(&account, &wish.listen, &members, &changes)).await?;
        self.carry_out(wish).await?;
        self.changed();
        self.watchman().await
    }

    fn wish(&self, request: &SetUpRequest) -> Answer<Wish> {
        let id: EntryId = request.key.parse().map_err(invalid)?;
        let entries = self.unlocked()?.entries(detector::now_ms());
        let entries = entries.map_err(|_| CommandError::new("locked", "the keystore is locked"))?;
        let owner = match entries.iter().find(|entry| entry.id() == id).map(|entry| &entry.identity) {
            Some(Identity::Evm(address)) => Owner::new(*address),
            Some(_) => return Err(CommandError::new("bad_key", "a watchman signs with the key of an EVM account")),
            None => return Err(CommandError::new("not_found", "no such key")),
        };
        bind(&request.listen).ok_or_else(|| invalid("not host:port"))?;
        self.is_free(&owner)?;
        let rules = match (request.roster.trim(), request.policy.trim()) {
            ("", _) => None,
            (roster, policy) => {
                let roster = RosterFile::parse(roster).map_err(invalid)?;
                if roster.peer(&owner).is_none() {
                    return Err(CommandError::new("refused", "the roster does not name this account"));
                }
                Some((roster, Policy::parse(policy).map_err(invalid)?))
            }
        };
        Ok(Wish { owner, listen: request.listen.clone(), rules })
    }

    /// A watchman that is complete stays as it is; one without roster may take another account.
    fn is_free(&self, owner: &Owner) -> Answer<()> {
        let watch = self.watch();
        let inner = watch.inner();
        let begun = matches!(inner.phase, Phase::Running(_) | Phase::Starting) || watch.folder.is_complete();
        let ours = inner.settings.as_ref().is_some_and(|settings| settings.account == owner.to_string());
        match (begun, ours, &inner.phase) {
            (false, ..) => Ok(()),
            // What is wrong with a watchman that does not run may be the settings.
            (true, true, Phase::Failed(..)) => Ok(()),
            _ => Err(CommandError::new("refused", "a watchman is set up here; change its policy and roster instead")),
        }
    }

    async fn carry_out(&self, wish: Wish) -> Answer<()> {
        let session = self.unlocked()?;
        let folder = self.watch().folder.clone();
        let refused = |why: &dyn std::error::Error| CommandError::new("refused", with_causes(why));
        let owner = wish.owner;
        let complete = move |session: &Session, _| {
            watchman::complete_keys(session, "watchman", owner).map_err(|why| refused(&why))
        };
        let Public { peer, .. } = self.shared.keys.edit(complete).await?;
        if let Some((roster, _)) = &wish.rules
            && roster.peer(&owner) != Some(peer)
        {
            let why = format!("the roster gives this watchman another identity than its own, {peer}");
            return Err(CommandError::new("refused", why));
        }
        let settings = Settings { account: owner.to_string(), peer: peer.to_string(), listen: wish.listen };
        let file = |fault: std::io::Error| CommandError::new("file", fault);
        folder.make().map_err(file)?;
        folder.write(&settings).map_err(file)?;
        if let Some((roster, policy)) = wish.rules {
            self.seal(session, move |files, session| {
                watchman::seal_policy(&policy, &files.policy, session)?;
                watchman::seal_roster(&roster, &files.roster, session)
            })
            .await?;
        }
        let watch = self.watch();
        watch.inner().settings = Some(settings);
        self.shared.keys.set_watchman(watch.account());
        watch.kicked.notify_one();
        Ok(())
    }
}
