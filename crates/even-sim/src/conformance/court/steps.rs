//! What happens next: deliveries that the adversary chooses, what honest nodes say, and lies.

use super::{Court, RIVALS, ROUNDS};
use crate::rng::Rng;
use even::block::Vote;
use even::ids::MessageId;
use even::voting::Ballot;

impl Court {
    /// Anything that can happen.
    pub(in super::super) fn any_step(&mut self) {
        let at = self.rng.below(self.honest);
        match self.rng.below(10) {
            0..=3 => self.show_any(at),
            4..=5 => self.speak(at),
            6 => self.vote(at),
            _ => self.lie(),
        }
    }

    /// The same, but the adversary keeps two camps apart: some honest nodes stamp the one rival, some the other, and records
    /// pass between the camps late and rarely.
    pub(in super::super) fn directed_step(&mut self, step: usize) {
        let at = self.rng.below(self.honest);
        // A camp of its own for one honest node: what it locks stays hidden.
        let hidden = step / 60 % self.honest;
        match self.rng.below(12) {
            0..=4 => {
                let from = self.rng.below(self.judges.len());
                if at == hidden || from != hidden || self.rng.chance(0.05) {
                    self.show_of(at, from);
                }
            }
            5..=7 => self.speak(at),
            8 => self.vote(at),
            _ => self.lie(),
        }
    }

    fn show_any(&mut self, at: usize) {
        if !self.records.is_empty() {
            let record = self.rng.below(self.records.len());
            self.show(at, record);
        }
    }

    /// Shows the newest record of a node, or one of its lies.
    fn show_of(&mut self, at: usize, from: usize) {
        let of: Vec<usize> = (0..self.records.len()).filter(|record| self.records[*record].node == from).collect();
        if let Some(pick) = of.len().checked_sub(1) {
            let pick = if from < self.honest { pick } else { self.rng.below(of.len()) };
            self.show(at, of[pick]);
        }
    }

    /// An honest node publishes what it saw, and its stamp once.
    fn speak(&mut self, at: usize) {
        let mut stamped = Vec::new();
        if self.judges[at].stamped.is_none() {
            let choice = self.rng.below(usize::from(RIVALS));
            self.judges[at].stamped = Some(choice);
            stamped.push(self.messages[choice].id);
        }
        let seen = std::mem::take(&mut self.judges[at].news);
        self.record_of(at, seen, stamped, Vec::new());
    }

    /// An honest node votes in the next round, by its own past, in a record of its own.
    fn vote(&mut self, at: usize) {
        let judge = &mut self.judges[at];
        if judge.last.is_none() || judge.round >= ROUNDS {
            return;
        }
        judge.round += 1;
        let round = judge.round;
        let any = self.messages[0].id;
        if let Ok(Some(message)) = judge.reader.next_vote_of(&judge.id, &any, round) {
            self.record_of(at, Vec::new(), Vec::new(), vec![Vote { message, round }]);
        }
    }

    fn record_of(&mut self, at: usize, seen: Vec<usize>, stamped: Vec<MessageId>, votes: Vec<Vote>) {
        let previous = self.judges[at].last;
        let record = self.add(at, previous, seen, stamped, votes);
        self.judges[at].last = Some(record);
        self.show(at, record);
    }

    /// A faulty node says anything, after any of its records.
    fn lie(&mut self) {
        let at = self.honest + self.rng.below(self.judges.len() - self.honest);
        let own: Vec<usize> = (0..self.records.len()).filter(|record| self.records[*record].node == at).collect();
        let previous = (!own.is_empty() && self.rng.chance(0.8)).then(|| own[self.rng.below(own.len())]);
        let mut seen = Vec::new();
        for _ in 0..self.rng.below(4).min(self.records.len()) {
            let record = self.rng.below(self.records.len());
            if !seen.contains(&record) {
                seen.push(record);
            }
        }
        let any = |rng: &mut Rng, messages: &[Ballot]| messages[rng.below(messages.len())].id;
        let stamped = if self.rng.chance(0.5) { vec![any(&mut self.rng, &self.messages)] } else { Vec::new() };
        let votes = if self.rng.chance(0.6) {
            let round = self.rng.between(1, u64::from(ROUNDS)) as u32;
            vec![Vote { message: any(&mut self.rng, &self.messages), round }]
        } else {
            Vec::new()
        };
        let _ = self.add(at, previous, seen, stamped, votes);
    }
}
