//! What the reader's verdicts bring about: the ledger, the wallet, the notes of the epoch.

use super::tally::Heard;
use super::{Action, Node, Trouble};
use even::ids::MessageId;
use even::ledger::Broken;
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
        if let Some(reporting) = &mut self.reporting {
            reporting.note(*id, status);
        }
        self.open.remove(id);
        self.conflicts.remove(id);
        self.voted.remove(id);
        if let Err(broken) = self.conclude(id, status) {
            out.push(Action::Alarm(Trouble::Ledger(broken)));
        }
    }

    /// What a verdict means for tables, ledger and wallet.
    ///
    /// # Errors
    /// The ledger does not take what is final; nothing was changed then.
    pub(super) fn conclude(&mut self, id: &MessageId, status: Status) -> Result<(), Broken> {
        let Some(post) = self.graph.get(id).cloned() else {
            if status == Status::Final {
                self.epochs.settle(id);
            }
            return Ok(());
        };
        if status == Status::Final {
            self.ledger.apply(&post.effect)?;
            self.purse.settle(&post);
        }
        self.pending.remove(&post.bundle);
        Ok(())
    }
}
