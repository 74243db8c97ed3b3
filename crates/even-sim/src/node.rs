//! The core of a node: events in, actions out. It knows no clock, no socket and no disk; whoever drives it brings the time.
//!
//! What always holds: the same events give the same actions; a node stamps at most one of two rivals, and nothing that
//! breaks L01 to L08 or 7.7; a record of votes names nothing else (9.5). What it expects: messages keep M01 to M16 and
//! blocks C1 and C2, which their driver checks at the door; records are on disk before they leave (8.5).
//! What it does not do: ask for heads, keep peers' scores, or raise the work of messages of others by their rate (8.1); it
//! raises that of its own.

mod desk;
mod epochs;
mod event;
mod follow;
mod graph;
mod issue;
mod measure;
mod outbox;
mod purse;
mod rules;
mod settle;
mod speak;
mod tables;
mod tally;

pub use epochs::Candidate;
pub use event::{Action, Event, Trouble};
pub use follow::Report;
pub use graph::Want;
pub use measure::Measured;
pub use rules::{Role, Rules, Start};
pub use tables::{Table, Tables};

use crate::craft::Craft;
use crate::post::{Coin, Post};
use epochs::Epochs;
use even::ids::{Address, MessageId, NodeId};
use even::ledger::{Ledger, Pending};
use even::mailing::MailingList;
use even::units::{Amount, Epoch, Time};
use follow::{Following, Reporting};
use graph::Graph;
use outbox::Outbox;
use purse::Purse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use tally::Tally;

/// See the module header.
#[derive(Debug)]
pub struct Node {
    rules: Arc<Rules>,
    role: Role,
    craft: Craft,
    me: NodeId,
    now: Time,
    graph: Graph,
    /// Of nodes that read outboxes.
    tally: Option<Tally>,
    /// Of nodes that do not: what those say who do.
    following: Option<Following>,
    /// Of readers that are followed.
    reporting: Option<Reporting>,
    /// Of these, the other readers.
    fellows: Vec<NodeId>,
    ledger: Ledger,
    pending: Pending,
    epochs: Epochs,
    outbox: Outbox,
    purse: Purse,
    mailing: MailingList,
    everybody: Arc<Vec<NodeId>>,
    mail_secret: [u8; 32],
    /// Messages that wait for a stamp, the oldest first.
    queue: VecDeque<Arc<Post>>,
    /// Stamps that the node's capacity allows now.
    budget: f64,
    /// Messages that are neither final nor rejected.
    open: BTreeSet<MessageId>,
    /// Members of conflicts that are not decided, and when each was first seen in conflict.
    conflicts: BTreeMap<MessageId, Time>,
    /// Highest round voted in, by conflict member.
    voted: BTreeMap<MessageId, u32>,
    /// Names of messages that were heard and have not come yet, with who has them.
    rumours: BTreeMap<MessageId, NodeId>,
    /// Things asked for, with how often and when last.
    asked: BTreeMap<Want, (u32, Time)>,
    trunk: Option<MessageId>,
    /// Own messages of the current epoch (8.1).
    issued: u64,
    waiting_issue: VecDeque<Option<(Address, Amount)>>,
    newest_message: Time,
    supply: u128,
}

/// How much a node holds of what comes and goes. The names of spent addresses and of decided messages stay for ever (7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Messages in the graph.
    pub messages: usize,
    /// Names of messages that were in it.
    pub roots: usize,
    /// Records of others.
    pub records: usize,
    /// Messages that readers spoke of.
    pub said: usize,
}

impl Node {
    /// A node that starts from a checkpoint.
    ///
    /// # Errors
    /// The checkpoint is no genesis.
    pub fn new(craft: Craft, role: Role, start: &Start, rules: Arc<Rules>) -> Result<Self, even::ledger::Broken> {
        let ledger = Ledger::genesis(&start.checkpoint.effect)?;
        let epoch = rules.epoch.epoch(start.time);
        let tables = Tables::new(epoch, &start.rows, start.checkpoint.id.0);
        let graph = Graph::from(start.checkpoint.id);
        let tally = role.reads.then(|| {
            let mut tally = Tally::default();
            tally.checkpoint(start.checkpoint.ballot());
            tally
        });
        let (me, reads) = (craft.node(), role.reads);
        let is_followed = reads && start.readers.len() < start.everybody.len();
        let mail_secret = even::hash::sha3(&[b"mail", &me.0, &start.checkpoint.id.0]);
        let supply = ledger.supply();
        let mut node = Self {
            rules,
            role,
            craft,
            me,
            now: start.time,
            graph,
            tally,
            following: (!reads).then(|| Following::new(start.readers.clone())),
            reporting: is_followed.then(Reporting::default),
            fellows: start.readers.iter().filter(|reader| is_followed && **reader != me).copied().collect(),
            ledger,
            pending: Pending::default(),
            epochs: Epochs::new(epoch, tables),
            outbox: Outbox::default(),
            purse: Purse::default(),
            mailing: MailingList::default(),
            everybody: start.everybody.clone(),
            mail_secret,
            queue: VecDeque::new(),
            budget: 0.0,
            open: BTreeSet::new(),
            conflicts: BTreeMap::new(),
            voted: BTreeMap::new(),
            rumours: BTreeMap::new(),
            asked: BTreeMap::new(),
            trunk: None,
            issued: 0,
            waiting_issue: VecDeque::new(),
            newest_message: Time(0),
            supply,
        };
        node.fund(start);
        node.epochs.measure.start(epoch, node.ledger.stakes());
        node.remail();
        Ok(node)
    }

    /// Its coins are the outputs of the checkpoint to its first addresses.
    fn fund(&mut self, start: &Start) {
        for _ in 0..self.role.coins {
            let (_, address) = self.purse.fresh(&self.craft);
            for output in start.checkpoint.effect.outputs.iter().filter(|output| output.to == address) {
                self.purse.fund(&address, output.amount);
            }
        }
    }

    /// Handles an event at a time; times of one node never fall.
    pub fn handle(&mut self, now: Time, event: Event) -> Vec<Action> {
        self.now = self.now.max(now);
        let mut out = Vec::new();
        match event {
            Event::Tick => self.tick(&mut out),
            Event::Message { from, post, hops } => self.receive(from, &post, hops, &mut out),
            Event::Record { record, .. } => self.hear(record, &mut out),
            Event::Heard { from, id } => self.hear_id(from, id),
            Event::Epoch(record) => self.hear_epoch(record, &mut out),
            Event::Report { from, report } => self.hear_report(from, &report, &mut out),
            Event::Wanted { from, want } => self.serve(from, want, &mut out),
            Event::Issue { to } => self.issue(to, &mut out),
            Event::TicketWanted { from } => self.give_ticket(from, &mut out),
            Event::Ticket(ticket) => self.use_ticket(&ticket, &mut out),
            Event::Audited { epoch, audits } => self.epochs.measure.audited(epoch, audits),
        }
        out
    }

    /// What it shares with the others.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> NodeId {
        self.me
    }

    /// What it does in the network.
    #[must_use]
    pub const fn role(&self) -> &Role {
        &self.role
    }

    /// Its secrets; for those who make it misbehave.
    #[must_use]
    pub const fn craft(&self) -> &Craft {
        &self.craft
    }

    /// The tables of weights as it knows them.
    #[must_use]
    pub const fn tables(&self) -> &Tables {
        &self.epochs.tables
    }

    /// The epoch of its clock.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epochs.current
    }

    /// Its newest measurement of an epoch.
    #[must_use]
    pub fn measured(&self) -> Option<(Epoch, &Measured)> {
        self.epochs.newest()
    }

    /// The epoch records that it saw agreed on lately.
    pub fn agreed(&self) -> impl Iterator<Item = &Candidate> {
        self.epochs.agreed()
    }

    /// The reader of outboxes, if it has one.
    #[must_use]
    pub fn reader(&self) -> Option<&even::voting::Reader> {
        self.tally.as_ref().map(Tally::reader)
    }

    /// The final state.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Messages that it knows.
    pub fn posts(&self) -> impl Iterator<Item = &Arc<Post>> {
        self.graph.posts()
    }

    /// A message by its name.
    #[must_use]
    pub fn post(&self, id: &MessageId) -> Option<&Arc<Post>> {
        self.graph.get(id)
    }

    /// How much it holds.
    #[must_use]
    pub fn held(&self) -> Held {
        let (messages, roots) = self.graph.len();
        let records = self.tally.as_ref().map_or(0, Tally::len);
        Held { messages, roots, records, said: self.following.as_ref().map_or(0, Following::len) }
    }

    /// Its clock.
    #[must_use]
    pub const fn clock(&self) -> Time {
        self.now
    }

    /// Whether it has a message, in the graph or waiting.
    #[must_use]
    pub fn has(&self, id: &MessageId) -> bool {
        self.graph.has(id)
    }

    /// Whether all units are still there.
    #[must_use]
    pub fn keeps_supply(&self) -> bool {
        self.ledger.supply() == self.supply
    }

    /// An address at which it can be paid.
    pub fn address(&mut self) -> Address {
        self.purse.fresh(&self.craft).1
    }

    /// How many coins it could spend now.
    #[must_use]
    pub fn coins(&self) -> usize {
        self.purse.coins()
    }

    /// What it could spend now, in units.
    #[must_use]
    pub fn balance(&self) -> u64 {
        self.purse.balance()
    }

    /// A coin of it, and where the rest goes; for those who spend it twice.
    pub fn take_coin(&mut self, amount: Amount) -> Option<(Coin, u64)> {
        let coin = self.purse.take(amount)?;
        Some((coin, self.purse.fresh(&self.craft).0))
    }

    /// Where a message of it would be attached now.
    #[must_use]
    pub fn place(&self) -> (Option<MessageId>, Vec<MessageId>) {
        (self.trunk, self.branches())
    }
}
