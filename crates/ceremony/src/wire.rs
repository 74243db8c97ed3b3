//! What members of a key tell each other around the machines' own messages, and how that travels. For tests and benchmarks that
//! take part as somebody else; programs use the driver.

pub(crate) mod bundle;
pub(crate) mod fragment;
mod words;

pub use crate::plan::{BadPlan, Plan, Seat};
pub use fragment::{Assembly, split};
pub use words::{Hello, Holding, Word};

/// Longest word, bytes: more than the longest message of a machine.
pub const WORD_MAX: usize = threshold::MAX_MESSAGE + 1024;
