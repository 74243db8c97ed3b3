//! The rules of a ceremony as anybody can check them: without secrets, from signed messages alone.

pub(crate) mod create;
pub(crate) mod refresh;
pub(crate) mod repair;
pub(crate) mod terms;

use crate::ceremony::{Judgement, Minutes, Signed};
use crate::party::Party;

/// A round whose messages judging takes, and the round that echoes it.
pub(crate) type Need = (u8, u8);

pub(crate) trait Rules {
    /// The exact length of a message's body; none if there is no such message.
    fn slot(&self, round: u8, from: Party, to: Option<Party>) -> Option<usize>;

    /// Whether a message that its author signed keeps the rules.
    fn judge(&self, minutes: &Minutes, message: &Signed) -> Judgement;

    /// What judging a message of a round takes besides itself.
    fn needs(&self, round: u8) -> &'static [Need];
}
