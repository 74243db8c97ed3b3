//! What the reader's verdicts bring about: the ledger, the wallet, the notes of the epoch.

use super::tally::Heard;
use super::{Action, Node, Trouble};
use even::ids::MessageId;
use even::voting::Status;

impl Node {
    /// Takes in what telling brought about.
    pub(super) fn absorb(&mut self, heard: Heard, out: &mut Vec<Action>) {
        for record in &heard.records {
            self.epochs.measure.note(record, &self.rules);
            if record.body().node != self.me {
                self.outbox.heard(record.body().node, record.id());
            }
        }
        for node in heard.equivocated {
            self.epochs.measure.equivocated(node);
            out.push(Action::Equivocated(node));
        }
        for (id, status) in heard.changed {
            self.settle(&id, status, out);
        }
        if let Some(alarm) = self.tally.as_ref().and_then(super::tally::Tally::alarm) {
            out.push(Action::Alarm(Trouble::TwoFinal(alarm)));
        }
    }

    fn settle(&mut self, id: &MessageId, status: Status, out: &mut Vec<Action>) {
        out.push(Action::Status(*id, status));
        if !matches!(status, Status::Final | Status::Rejected) {
            return;
        }
        self.open.remove(id);
        self.conflicts.remove(id);
        self.voted.remove(id);
        let Some(post) = self.graph.get(id).cloned() else {
            if status == Status::Final {
                self.epochs.settle(id);
            }
            return;
        };
        self.pending.remove(&post.bundle);
        if status == Status::Final {
            if let Err(broken) = self.ledger.apply(&post.effect) {
                out.push(Action::Alarm(Trouble::Ledger(broken)));
                return;
            }
            self.purse.settle(&post);
        }
    }
}
