//! What happens to a node, and what it wants done.

use super::{Candidate, Report, Want};
use crate::post::{Post, Sealed};
use even::block::{Record, Ticket};
use even::ids::{Address, MessageId, NodeId};
use even::rating::Audits;
use even::units::{Amount, Epoch};
use even::voting::{Alarm, Status};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What happens to a node.
#[derive(Debug, Clone)]
pub enum Event {
    /// Time has passed: at least every [`Rules::record_ms`].
    Tick,
    /// A message was pushed.
    Message {
        /// By whom.
        from: NodeId,
        /// The message.
        post: Arc<Post>,
        /// Nodes that it went through.
        hops: u32,
    },
    /// A record was fetched after its head was heard, or was asked for.
    Record {
        /// From whom.
        from: NodeId,
        /// The record.
        record: Arc<Sealed<Record>>,
    },
    /// The name of a new message was heard (topic `ids`, 8.8).
    Heard {
        /// Its issuer, who has it.
        from: NodeId,
        /// The name.
        id: MessageId,
    },
    /// An epoch record was heard.
    Epoch(Candidate),
    /// A reader tells what it holds for decided.
    Report {
        /// Who.
        from: NodeId,
        /// What.
        report: Arc<Report>,
    },
    /// Somebody asks for something.
    Wanted {
        /// Who.
        from: NodeId,
        /// What.
        want: Want,
    },
    /// The person at this node wants to pay, or to say something.
    Issue {
        /// Whom and how much; `None` for data.
        to: Option<(Address, Amount)>,
    },
    /// A passive node asks for a ticket.
    TicketWanted {
        /// Who.
        from: NodeId,
    },
    /// A ticket that was asked for.
    Ticket(Arc<Sealed<Ticket>>),
    /// What audits of an epoch found (8.7).
    Audited {
        /// The epoch.
        epoch: Epoch,
        /// By node.
        audits: BTreeMap<NodeId, Audits>,
    },
}

/// What a node wants done.
#[derive(Debug, Clone)]
pub enum Action {
    /// Ask `to` whether it has the message, and push it if not.
    Offer {
        /// Whom.
        to: NodeId,
        /// What.
        post: Arc<Post>,
        /// Nodes that it went through.
        hops: u32,
    },
    /// Publish a record; its head goes to everybody.
    Publish(Arc<Sealed<Record>>),
    /// Publish an epoch record.
    PublishEpoch(Candidate),
    /// Tell those who follow.
    Report(Arc<Report>),
    /// Ask `to` for something.
    Get {
        /// Whom.
        to: NodeId,
        /// For what.
        want: Want,
    },
    /// Answer with a record.
    GiveRecord {
        /// Whom.
        to: NodeId,
        /// What.
        record: Arc<Sealed<Record>>,
    },
    /// Answer with an epoch record.
    GiveEpoch {
        /// Whom.
        to: NodeId,
        /// What.
        record: Candidate,
    },
    /// Ask `to` for a ticket.
    AskTicket {
        /// Whom.
        to: NodeId,
    },
    /// Give a ticket.
    GiveTicket {
        /// Whom.
        to: NodeId,
        /// What.
        ticket: Arc<Sealed<Ticket>>,
    },
    /// Publish the name of a new message of this node (8.8).
    Issued(Arc<Post>),
    /// News: the status of a message changed.
    Status(MessageId, Status),
    /// News: an epoch began with this table in force.
    Turned(Epoch),
    /// News: a node was found to have two paths.
    Equivocated(NodeId),
    /// The reader has stopped, or the ledger does not take what is final (9.6).
    Alarm(Trouble),
}

/// More is wrong than the protocol bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Two rivals are final.
    #[error("{} and {} are rivals and both final", .0.one, .0.other)]
    TwoFinal(Alarm),
    /// A final message cannot be applied.
    #[error(transparent)]
    Ledger(#[from] even::ledger::Broken),
}
