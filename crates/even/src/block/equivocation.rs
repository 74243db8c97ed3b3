//! The proof that a node showed two records with one number (8.5).

use super::{Record, Signed};
use crate::cbor::{self, Value};
use crate::ids::NodeId;

/// Two different signed records of one node with one number, the smaller id first: one proof for one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivocation {
    records: [Signed<Record>; 2],
}

impl Equivocation {
    /// The proof, if the two are one.
    #[must_use]
    pub fn of(one: Signed<Record>, other: Signed<Record>) -> Option<Self> {
        let place = |record: &Signed<Record>| (record.body().node, record.body().seq);
        if one.id() == other.id() || place(&one) != place(&other) {
            return None;
        }
        Some(Self { records: if one.id() < other.id() { [one, other] } else { [other, one] } })
    }

    /// Who did it.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.records[0].body().node
    }

    /// The two records.
    #[must_use]
    pub const fn records(&self) -> &[Signed<Record>; 2] {
        &self.records
    }

    /// Its form on the wire: the list of both blocks.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(&self.records.each_ref().map(|record| Value::Bytes(record.bytes().to_vec())))
    }

    /// The proof of these bytes; `None` if they prove nothing.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let [Value::Bytes(one), Value::Bytes(other)] = cbor::decode::<[Value; 2]>(bytes).ok()? else { return None };
        let proof = Self::of(Signed::decode(&one).ok()?, Signed::decode(&other).ok()?)?;
        (proof.records[0].bytes() == one).then_some(proof)
    }
}
