//! What a vault holds and has paid, as plain data, and whether an old deposit still stands.

use everpay::{Amount, EverHash};

/// Whether a deposit that was verified is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is, and the chain may still change its mind.
    Stands,
    /// It is, and its chain calls it final.
    Final,
    /// It is gone, or in another block of so few confirmations that nobody could have minted it yet: a reorganisation
    /// deeper than was waited for.
    Undone {
        /// Height up to which the source was read when it said so.
        tip: u64,
    },
}

/// A burn that a vault owes: what the chain may be asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The burn.
    pub ever_hash: EverHash,
    /// Arweave id of its batch, decoded: the number of its proposal.
    pub batch_id: [u8; 32],
    /// Id of the token on the target chain.
    pub token_id: String,
    /// Who is paid.
    pub to: String,
    /// How much, in the target chain's base units.
    pub amount: Amount,
}

/// What a vault holds at one block, as enough sources say alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserves {
    /// Height of the block.
    pub height: u64,
    /// Its hash.
    pub block: String,
    /// Its time, Unix ms.
    pub time_ms: u64,
    /// By id of the token on this chain, in its base units there. A token that is not in here could not be read.
    pub tokens: Vec<(String, Amount)>,
    /// Those of the asked payouts that are done.
    pub paid: Vec<EverHash>,
    /// The sources that said so.
    pub sources: Vec<String>,
}
