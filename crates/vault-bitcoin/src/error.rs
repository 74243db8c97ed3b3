//! Why a spend is not planned, read or completed.

use bitcoin::{Amount, FeeRate, OutPoint};
use threshold::{CheckFailed, FormatError};

/// A rule that every spend keeps, broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpendError {
    /// No input, or more than one signing ceremony signs.
    #[error("{0} inputs: one ceremony signs 1 to {max}", max = crate::MAX_INPUTS)]
    Inputs(usize),
    /// No output, or too many.
    #[error("{0} outputs: a spend has 1 to {max}", max = crate::MAX_OUTPUTS)]
    Outputs(usize),
    /// A coin is spent twice.
    #[error("the coin {0} is named twice")]
    Repeated(OutPoint),
    /// Amounts that add up to more than there can be.
    #[error("the amounts add up to more than all bitcoin")]
    Amounts,
    /// An output that nodes do not pass on because it is too small.
    #[error("output {output} holds {value}, and less than {least} is not passed on by nodes")]
    Dust {
        /// Which, from 0.
        output: usize,
        /// What it holds.
        value: Amount,
        /// The least.
        least: Amount,
    },
    /// An output to a script that is no address.
    #[error("output {output} pays to no address")]
    NoAddress {
        /// Which, from 0.
        output: usize,
    },
    /// The inputs hold less than the outputs and the fee.
    #[error("the coins hold {have}, and {need} is needed with the fee")]
    NotEnough {
        /// What the coins hold.
        have: Amount,
        /// What is needed.
        need: Amount,
    },
    /// A fee that nodes would not pass on, or that is a mistake.
    #[error("the fee of {fee} for {vsize} vB is outside of 1 to {max} sat/vB", max = crate::plan::MAX_RATE.to_sat_per_vb_ceil())]
    Fee {
        /// The fee.
        fee: Amount,
        /// The transaction's size once it is signed.
        vsize: u64,
    },
    /// The group's public data do not fit together.
    #[error(transparent)]
    Group(#[from] FormatError),
}

/// Why a spend cannot be planned as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A rule would be broken.
    #[error(transparent)]
    Rule(#[from] SpendError),
    /// The fee rate asked for is out of bounds.
    #[error("a fee rate of {0:#} is outside of the bounds")]
    Rate(FeeRate),
    /// An address of another network.
    #[error("{0} is no address of this network")]
    Network(String),
}

/// Why the bytes of a request are refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Longer than any request.
    #[error("{0} bytes are longer than any request")]
    Length(usize),
    /// No PSBT of version 0.
    #[error("it is no PSBT of version 0")]
    Psbt(#[source] bitcoin::psbt::Error),
    /// An input says nothing of the coin that it spends.
    #[error("input {input} does not carry the coin that it spends")]
    NoCoin {
        /// Which, from 0.
        input: usize,
    },
    /// An input asks for another kind of signature.
    #[error("input {input} asks for a signature that is not over the whole transaction")]
    Sighash {
        /// Which, from 0.
        input: usize,
    },
    /// An input names an account in no form that the ledger has.
    #[error("input {input} names no account in the ledger's form")]
    Account {
        /// Which, from 0.
        input: usize,
    },
    /// An input is not spent by this group's key.
    #[error("input {input} does not name this group's key")]
    InternalKey {
        /// Which, from 0.
        input: usize,
    },
    /// An input's coin does not lie where the group's key and the account that is named lead.
    #[error("input {input} spends no output of this vault for the account that it names")]
    NotOurs {
        /// Which, from 0.
        input: usize,
    },
    /// A rule is broken.
    #[error(transparent)]
    Rule(#[from] SpendError),
    /// Another order, version, time lock or field than a request has.
    #[error("it is not in the one form of a request: order, version, time lock, sequence or fields differ")]
    Form,
}

/// Why signatures do not complete a spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// Another number.
    #[error("{signatures} signatures for {inputs} inputs")]
    Count {
        /// Signatures given.
        signatures: usize,
        /// Inputs of the spend.
        inputs: usize,
    },
    /// One that is not valid.
    #[error("input {input}: {source}")]
    Signature {
        /// Which, from 0.
        input: usize,
        /// What libsecp256k1 says.
        source: CheckFailed,
    },
}
