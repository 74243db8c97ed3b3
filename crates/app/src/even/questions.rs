//! What pages ask of a network, answered from a snapshot: of one in this program and of one in a process of its own alike.

use std::collections::BTreeSet;

use even::ids::NodeId;

use super::rows::Rating;
use super::snapshot::Snapshot;
use super::{Answer, detail, id, invalid, messages, rows, view};
use crate::api::{
    Command, CommandError, EvenMessageDetail, EvenMessages, EvenMessagesRequest, EvenNodeDetail, EvenNodesPage,
    EvenNodesRequest, EvenWhatIf, EvenWhatIfRequest, Reply,
};

/// Messages of an answer at most.
const MESSAGES_MAX: u32 = 300;

/// A network at a moment, or none, for who watches these nodes.
pub(super) struct Questions<'a> {
    pub(super) snapshot: Option<&'a Snapshot>,
    pub(super) watched: &'a BTreeSet<NodeId>,
}

impl Questions<'_> {
    /// Answers a command that only reads.
    pub(super) fn answer(&self, command: &Command) -> Answer<Reply> {
        Ok(match command {
            Command::Even(_) => {
                Reply::Even(self.snapshot.map_or_else(view::nothing, |snapshot| view::of(snapshot, self.watched)))
            }
            Command::EvenNodes(request) => Reply::EvenNodes(self.nodes(request)?),
            Command::EvenNode(request) => Reply::EvenNode(self.node(&request.node)?),
            Command::EvenWhatIf(request) => Reply::EvenWhatIf(self.what_if(request)?),
            Command::EvenMessages(request) => Reply::EvenMessages(self.messages(request)?),
            Command::EvenMessage(request) => Reply::EvenMessage(self.message(&request.id)?),
            _ => return Err(invalid("not a question about a network")),
        })
    }

    fn nodes(&self, request: &EvenNodesRequest) -> Answer<EvenNodesPage> {
        match self.snapshot {
            Some(snapshot) => rows::page(&Rating::now(snapshot, self.watched), request),
            None => Ok(EvenNodesPage { rows: Vec::new(), matching: 0, total: 0, epoch: 0 }),
        }
    }

    fn node(&self, node: &str) -> Answer<EvenNodeDetail> {
        let (snapshot, at) = self.member(node)?;
        Ok(detail::detail(&Rating::now(snapshot, self.watched), at))
    }

    fn what_if(&self, request: &EvenWhatIfRequest) -> Answer<EvenWhatIf> {
        let (snapshot, at) = self.member(&request.node)?;
        detail::what_if(snapshot, at, request, self.watched)
    }

    fn messages(&self, request: &EvenMessagesRequest) -> Answer<EvenMessages> {
        if !(1..=MESSAGES_MAX).contains(&request.limit) {
            return Err(invalid(format!("limit {} is not between 1 and {MESSAGES_MAX}", request.limit)));
        }
        let Some(snapshot) = self.snapshot else { return Ok(EvenMessages { messages: Vec::new() }) };
        let member = request.node.as_deref().map(|node| place(snapshot, node)).transpose()?;
        Ok(messages::page(snapshot, request.limit as usize, member))
    }

    fn message(&self, id: &str) -> Answer<EvenMessageDetail> {
        let id = id.parse().map_err(|_| invalid("a message is 64 lower-case hexadecimal digits"))?;
        let found = self.snapshot.and_then(|snapshot| messages::detail(snapshot, &id));
        found.ok_or_else(|| CommandError::new("not_found", "no such message among the newest"))
    }

    fn member(&self, node: &str) -> Answer<(&Snapshot, usize)> {
        let snapshot = self.snapshot.ok_or_else(|| CommandError::new("not_found", "no network runs"))?;
        Ok((snapshot, place(snapshot, node)?))
    }
}

fn place(snapshot: &Snapshot, node: &str) -> Answer<usize> {
    let found = snapshot.index.get(&id(node)?).copied();
    found.ok_or_else(|| CommandError::new("not_found", "no such node"))
}
