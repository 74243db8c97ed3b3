//! What a person decides about shared keys and what they sign.
//!
//! What always holds: what lets more happen is asked in a window that no page reaches and needs an open keystore; what happens
//! after the answer is what was asked about.

use ceremony::{Invite, Task};

use super::codes::not_done;
use super::{Answer, Circle, id, map, questions};
use crate::api::{
    AgainRequest, CeremonyDetail, CeremonyKind, CeremonyRequest, CeremonyState, CommandError, InviteRequest,
    KeyTaskRequest, SessionDetail, SessionState,
};
use crate::confirm::Draft;

impl Circle<'_> {
    pub(super) fn unlocked(&self) -> Answer<()> {
        let open = self.shared.keys.session().is_some();
        open.then_some(()).ok_or_else(|| CommandError::new("locked", "the keystore is locked"))
    }

    pub(super) async fn ask(&self, question: Draft) -> Answer<()> {
        self.unlocked()?;
        self.shared.asker.confirm(question).await?;
        self.unlocked()
    }

    pub(crate) async fn invite(&self, request: InviteRequest) -> Answer<CeremonyDetail> {
        let view = self.view().await?;
        let me = view.peers.iter().filter(|peer| peer.me);
        let find = |peer: &String| {
            let found = view.peers.iter().find(|one| one.peer == *peer && !one.me);
            found.ok_or_else(|| CommandError::new("invalid_request", "somebody invited is not in the roster"))
        };
        let invited: Vec<_> = request.peers.iter().map(find).collect::<Answer<_>>()?;
        let running = self.running()?;
        self.ask(questions::invite(&request, &me.chain(invited).collect::<Vec<_>>())).await?;
        let invite = Invite {
            label: request.label,
            network: map::network_of(request.network),
            threshold: request.threshold,
            peers: request.peers,
        };
        running.invite(invite).await.map(map::ceremony).map_err(not_done)
    }

    pub(crate) async fn join(&self, request: &CeremonyRequest) -> Answer<CeremonyDetail> {
        let asked = self.joining(request).await?;
        self.ask(asked.clone()).await?;
        // Whoever takes part may have changed while the window stood open.
        if self.joining(request).await? != asked {
            return Err(CommandError::new("refused", "the ceremony is no longer what was agreed to"));
        }
        self.running()?.join(id(&request.id)?).await.map(map::ceremony).map_err(not_done)
    }

    async fn joining(&self, request: &CeremonyRequest) -> Answer<Draft> {
        let found = self.joinable(request).await?;
        let keys = self.view().await?.keys;
        let key = keys.iter().find(|key| Some(&key.group) == found.row.group.as_ref());
        let left_out = key.and_then(|key| key.members.iter().find(|one| Some(one.number) == found.subject));
        Ok(questions::join(&found, left_out))
    }

    async fn joinable(&self, request: &CeremonyRequest) -> Answer<CeremonyDetail> {
        let found = self.ceremony(request).await?;
        if !matches!(found.row.state, CeremonyState::Invited | CeremonyState::Comparing) {
            return Err(CommandError::new("refused", "this ceremony takes nobody in"));
        }
        let create = found.row.kind == CeremonyKind::Create;
        if create && found.members.iter().any(|one| one.compared == Some(false)) {
            return Err(CommandError::new("not_compared", "the words of some members were not compared"));
        }
        Ok(found)
    }

    pub(crate) async fn begin(&self, request: &KeyTaskRequest) -> Answer<CeremonyDetail> {
        let view = self.view().await?;
        let key = view.keys.iter().find(|key| key.group == request.group);
        let key = key.ok_or_else(|| CommandError::new("not_found", "no such key"))?;
        let member = request.number.and_then(|number| key.members.iter().find(|one| one.number == number));
        let task = match (request.kind, member) {
            (CeremonyKind::Create, _) => return Err(CommandError::new("invalid_request", "no task of a key")),
            (CeremonyKind::Refresh, _) => Task::Refresh,
            (CeremonyKind::Remove, Some(member)) => Task::Remove { number: member.number },
            (CeremonyKind::Repair, Some(member)) => Task::Repair { number: member.number },
            (CeremonyKind::Remove | CeremonyKind::Repair, None) => return Err(nobody()),
        };
        let question = questions::begin(key, request.kind, member).ok_or_else(nobody)?;
        self.ask(question).await?;
        self.running()?.begin(id(&request.group)?, task).await.map(map::ceremony).map_err(not_done)
    }

    /// Whoever begins a task again joins it at once; a key generation asks when it is joined.
    pub(crate) async fn again(&self, request: AgainRequest) -> Answer<CeremonyDetail> {
        let running = self.running()?;
        let old = self.ceremony(&CeremonyRequest { id: request.id.clone() }).await?;
        if old.row.kind != CeremonyKind::Create {
            let view = self.view().await?;
            let key = view.keys.iter().find(|key| Some(&key.group) == old.row.group.as_ref());
            let key = key.ok_or_else(|| CommandError::new("refused", "the key changed since"))?;
            let (kind, number) = match (old.row.kind, request.without.as_slice()) {
                (CeremonyKind::Refresh, [number]) => (CeremonyKind::Remove, Some(*number)),
                (kind, _) => (kind, old.subject),
            };
            let member = number.and_then(|number| key.members.iter().find(|one| one.number == number));
            self.ask(questions::begin(key, kind, member).ok_or_else(nobody)?).await?;
        }
        running.again(id(&request.id)?, request.without).await.map(map::ceremony).map_err(not_done)
    }

    pub(crate) async fn approve(&self, request: &CeremonyRequest) -> Answer<SessionDetail> {
        let asked = self.undecided(request).await?;
        let question = questions::approve(&asked)?;
        self.ask(question.clone()).await?;
        // What would be signed may have changed while the window stood open; the driver compares the digest again.
        let now = self.undecided(request).await?;
        if now.digest != asked.digest || questions::approve(&now)? != question {
            return Err(CommandError::new("refused", "what would be signed is no longer what was approved"));
        }
        let done = self.running()?.approve(id(&request.id)?, id(&asked.digest)?).await;
        done.map(|session| self.session_view(session)).map_err(not_done)
    }

    async fn undecided(&self, request: &CeremonyRequest) -> Answer<SessionDetail> {
        let found = self.session(request).await?;
        if found.row.state == SessionState::Asked {
            return Ok(found);
        }
        Err(CommandError::new("refused", "nothing is to be decided here"))
    }
}

fn nobody() -> CommandError {
    CommandError::new("invalid_request", "the task needs one of the key's members")
}
