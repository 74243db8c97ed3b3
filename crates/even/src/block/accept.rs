//! Which signed blocks are accepted (appendix C).
//!
//! What always holds: of several broken rules the first is reported, but sizes (C6) are looked at before stamps are hashed
//! (C5). C1 and C2 failures are dropped silently; the others are
//! kept as evidence and cost the sender's peer score.

use super::{
    AHEAD_MAX_MS, EpochRecord, EpochRow, HEAD_LIFE_MAX_MS, Head, ROWS_MAX, Record, SEEN_MAX, STAMPS_MAX, Signed,
    Ticket, VOTES_MAX,
};
use crate::hash::Hash;
use crate::ids::{MessageId, NodeId};
use crate::units::{Epoch, EpochLength, Time};
use crate::work::StampTarget;

/// The rule that a block breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Refusal {
    /// Shape.
    #[error("C1: not a canonical block of its kind")]
    C1,
    /// Signature.
    #[error("C2: the signature does not hold")]
    C2,
    /// Chain.
    #[error("C3: it does not follow the record before")]
    C3,
    /// Time.
    #[error("C4: its time does not fit its epoch, the record before or the clock")]
    C4,
    /// Stamps.
    #[error("C5: a stamp has too little work for this node and epoch")]
    C5,
    /// Sizes.
    #[error("C6: more than {STAMPS_MAX} stamps, {SEEN_MAX} links or {VOTES_MAX} votes")]
    C6,
    /// Rounds.
    #[error("C7: a vote of round 0, or of a lower round than before in the same conflict")]
    C7,
    /// Head.
    #[error("C8: the head is valid too long, or names another record")]
    C8,
    /// Ticket.
    #[error("C9: the fee is below one unit for each head, or a head is unknown or not stamped by the node")]
    C9,
    /// Epoch record.
    #[error("C10: the rows are not distinct, sorted, in range and shares of a whole, or the beacon is another")]
    C10,
}

impl Refusal {
    /// Its code, such as `C7`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        const CODES: [&str; 10] = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10"];
        CODES[self as usize]
    }
}

/// What is known of conflicts and of the votes in a node's earlier records.
pub trait EarlierVotes {
    /// The highest round in which earlier records of the node on the same path vote for `message` or a rival of it; 0 if
    /// none does.
    fn highest_round(&self, node: &NodeId, message: &MessageId) -> u32;

    /// Whether the two conflict (7.4), as far as is known.
    fn are_rivals(&self, one: &MessageId, other: &MessageId) -> bool;
}

/// What a record is checked against.
pub struct RecordContext<'a> {
    /// The record that its link names; it must have been fetched.
    pub previous: Option<&'a Signed<Record>>,
    /// The reader's clock.
    pub now: Time,
    /// The network's epochs.
    pub length: EpochLength,
    /// Work of a stamp.
    pub stamp_bits: u32,
    /// Earlier votes.
    pub votes: &'a dyn EarlierVotes,
}

/// C3 to C7.
///
/// # Errors
/// The first rule that it breaks.
pub fn accept_record(record: &Signed<Record>, context: &RecordContext<'_>) -> Result<(), Refusal> {
    let body = record.body();
    let previous = context.previous.map(Signed::body);
    let follows = match context.previous {
        None => body.seq == 0 && body.previous.is_none(),
        Some(before) => {
            body.previous == Some(before.id())
                && body.node == before.body().node
                && before.body().seq.checked_add(1) == Some(body.seq)
        }
    };
    let late = previous.is_some_and(|previous| body.time < previous.time);
    let holds = |stamp: &super::Stamp| {
        let target = StampTarget { message: stamp.message, node: body.node, epoch: body.epoch };
        target.holds(stamp.nonce, context.stamp_bits)
    };
    if !follows {
        Err(Refusal::C3)
    } else if late || !fits(body.epoch, body.time, context.length, context.now) {
        Err(Refusal::C4)
    } else if body.stamps.len() > STAMPS_MAX || body.seen.len() > SEEN_MAX || body.votes.len() > VOTES_MAX {
        Err(Refusal::C6)
    } else if !body.stamps.iter().all(holds) {
        Err(Refusal::C5)
    } else {
        accept_votes(body, context.votes)
    }
}

/// C7.
fn accept_votes(body: &Record, earlier: &dyn EarlierVotes) -> Result<(), Refusal> {
    for (at, vote) in body.votes.iter().enumerate() {
        let lower = |before: &super::Vote| {
            before.round > vote.round
                && (before.message == vote.message || earlier.are_rivals(&before.message, &vote.message))
        };
        let falls = vote.round < earlier.highest_round(&body.node, &vote.message) || body.votes[..at].iter().any(lower);
        if vote.round == 0 || falls {
            return Err(Refusal::C7);
        }
    }
    Ok(())
}

/// C4 without the record before.
fn fits(epoch: Epoch, time: Time, length: EpochLength, now: Time) -> bool {
    epoch.distance(length.epoch(time)) <= 1 && time <= now.after(AHEAD_MAX_MS)
}

/// C4 and C8, for a head whose record was fetched.
///
/// # Errors
/// The first rule that it breaks.
pub fn accept_head(
    head: &Signed<Head>,
    record: &Signed<Record>,
    now: Time,
    length: EpochLength,
) -> Result<(), Refusal> {
    let body = head.body();
    if !fits(body.epoch, body.time, length, now) {
        return Err(Refusal::C4);
    }
    let lives = body.expiry.0.checked_sub(body.time.0).is_some_and(|life| life <= HEAD_LIFE_MAX_MS);
    let same = (body.node, body.seq, body.record) == (record.body().node, record.body().seq, record.id());
    if lives && same { Ok(()) } else { Err(Refusal::C8) }
}

/// C9. `stamped` tells whether a message is known and stamped by the offering node.
///
/// # Errors
/// [`Refusal::C9`].
pub fn accept_ticket(ticket: &Signed<Ticket>, stamped: impl FnMut(&MessageId) -> bool) -> Result<(), Refusal> {
    let body = ticket.body();
    let paid = u64::try_from(body.heads.len()).is_ok_and(|heads| body.fee.units() >= heads);
    if paid && body.heads.iter().all(stamped) { Ok(()) } else { Err(Refusal::C9) }
}

/// C10: form only; whether its numbers are right is for [the agreement of epochs](EpochRecord).
///
/// # Errors
/// [`Refusal::C10`].
pub fn accept_epoch_record(record: &Signed<EpochRecord>, beacon: &Hash) -> Result<(), Refusal> {
    const PPM: u32 = 1_000_000;
    const SHARE: u64 = 1_000_000_000;
    let body = record.body();
    let sorted = body.rows.is_sorted_by(|one, next| one.node < next.node);
    let in_range = body.rows.iter().all(|row| row.accuracy_ppm <= PPM && row.rating_ppm <= PPM);
    // Shares are rounded down. More than a whole would also be more than the weights of 9.2 can be computed with.
    let whole = |share: fn(&EpochRow) -> u32| body.rows.iter().map(|row| u64::from(share(row))).sum::<u64>() <= SHARE;
    let shares = whole(|row| row.exchange) && whole(|row| row.stake);
    let fits = body.rows.len() <= ROWS_MAX && body.beacon == *beacon;
    if sorted && in_range && shares && fits { Ok(()) } else { Err(Refusal::C10) }
}
