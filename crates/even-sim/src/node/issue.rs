//! What a node issues itself, and the tickets of passive ones (6.2, 7.8, 8.1).

use super::{Action, Node};
use crate::craft::Plan;
use crate::post::{Post, Sealed};
use even::block::Ticket;
use even::ids::{Address, MessageId, NodeId};
use even::ledger::Offer;
use even::units::Amount;
use even::work::{difficulty, quota};
use std::sync::Arc;

/// Branches of a message (13).
const BRANCHES: usize = 2;
/// How long a ticket may be used, ms.
const TICKET_MS: u64 = 60_000;
/// Wishes that wait for a coin or a ticket.
const WAITING_MAX: usize = 64;

impl Node {
    /// Says something, or pays; later when a coin or a ticket is missing.
    pub(super) fn issue(&mut self, to: Option<(Address, Amount)>, out: &mut Vec<Action>) {
        if self.is_passive(&self.me) {
            if self.waiting_issue.len() < WAITING_MAX {
                self.waiting_issue.push_back(to);
            }
            self.ask_ticket(out);
            return;
        }
        let (trunk, branches) = self.place();
        if self.say(to, trunk, branches, Vec::new(), out).is_none() && self.waiting_issue.len() < WAITING_MAX {
            self.waiting_issue.push_back(to);
        }
    }

    /// Tries again what waited.
    pub(super) fn retry_issue(&mut self, out: &mut Vec<Action>) {
        if self.is_passive(&self.me) {
            if !self.waiting_issue.is_empty() {
                self.ask_ticket(out);
            }
        } else if let Some(to) = self.waiting_issue.pop_front() {
            self.issue(to, out);
        }
    }

    /// The newest messages of others that nobody names yet.
    pub(super) fn branches(&self) -> Vec<MessageId> {
        let own = self.trunk;
        let tips = self.graph.newest_tips(BRANCHES, own.as_ref());
        if !tips.is_empty() {
            return tips;
        }
        // Nothing is newer than the own message: the one before it, or the checkpoint.
        let before = own.and_then(|own| self.graph.get(&own)).map(|post| post.branches.clone());
        before.unwrap_or_else(|| vec![self.root()])
    }

    fn root(&self) -> MessageId {
        self.graph.checkpoint()
    }

    fn say(
        &mut self,
        to: Option<(Address, Amount)>,
        trunk: Option<MessageId>,
        branches: Vec<MessageId>,
        tickets: Vec<crate::craft::UsedTicket>,
        out: &mut Vec<Action>,
    ) -> Option<()> {
        let fees: u64 = tickets.iter().map(|(_, offer)| offer.fee.units()).sum();
        let needed = to.map_or(0, |(_, amount)| amount.units()) + fees;
        let mut coins = Vec::new();
        if needed > 0 {
            coins.push(self.purse.take(Amount::new(needed).ok()?)?);
        }
        let (rest, _) = self.purse.fresh(&self.craft);
        let force = &self.epochs.tables.at(self.epochs.current).force;
        let of = |part: u128| u64::try_from(part).unwrap_or(u64::MAX);
        let quota = quota(of(force.weight(&self.me)), of(force.denominator()));
        let bits = difficulty(self.rules.message_bits, self.issued, quota);
        let plan = Plan { time: self.now, to, stake: None, coins, rest, trunk, branches, tickets, bits };
        // A wish that cannot be composed is given up: its coin holds what was asked for.
        if let Ok(post) = self.craft.say(&plan) {
            self.issue_post(Arc::new(post), out);
        }
        Some(())
    }

    /// Sends an own message on its way.
    pub(super) fn issue_post(&mut self, post: Arc<Post>, out: &mut Vec<Action>) {
        self.issued += 1;
        self.trunk = Some(post.id);
        self.outbox.own.push(post.id);
        self.pending.add(&post.effect);
        out.push(Action::Issued(post.clone()));
        self.forward(&post, self.me, 0, out);
        self.take_in(post, out);
    }

    fn ask_ticket(&self, out: &mut Vec<Action>) {
        out.extend(self.mailing.by_order.first().map(|to| Action::AskTicket { to: *to }));
    }

    /// Offers heads that this node stamped, for one unit each.
    pub(super) fn give_ticket(&mut self, to: NodeId, out: &mut Vec<Action>) {
        if self.is_passive(&self.me) {
            return;
        }
        let heads = self.graph.newest_tips(BRANCHES, None);
        let heads = if heads.is_empty() { vec![self.root()] } else { heads };
        let Ok(fee) = Amount::new(heads.len() as u64) else { return };
        let (_, address) = self.purse.fresh(&self.craft);
        let ticket = Ticket::new(self.me, to, heads, fee, address, self.now.after(TICKET_MS));
        out.push(Action::GiveTicket { to, ticket: Arc::new(self.craft.ticket(ticket)) });
    }

    /// Uses a ticket for the wish that waited longest.
    pub(super) fn use_ticket(&mut self, ticket: &Arc<Sealed<Ticket>>, out: &mut Vec<Action>) {
        let body = ticket.body();
        let known = body.heads.iter().all(|head| self.graph.knows(head));
        if body.served != self.me || body.expiry < self.now || !known || !self.is_passive(&self.me) {
            return;
        }
        let Some(to) = self.waiting_issue.pop_front() else { return };
        let offer = Offer { heads: body.heads.clone(), fee: body.fee, address: body.address, expiry: body.expiry };
        let branches: Vec<MessageId> = body.heads.iter().filter(|head| Some(**head) != self.trunk).copied().collect();
        if branches.is_empty() || self.say(to, self.trunk, branches, vec![(ticket.id(), offer)], out).is_none() {
            self.waiting_issue.push_back(to);
        }
    }
}
