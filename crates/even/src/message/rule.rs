//! The structural rules and their codes (6.5).

/// The rule that a message breaks; of several, the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Rule {
    /// Length.
    #[error("M01: the length is not that of 1 to 64 transactions")]
    M01,
    /// Fields.
    #[error("M02: a transaction has a field out of its range")]
    M02,
    /// Network.
    #[error("M03: it belongs to another network")]
    M03,
    /// Order.
    #[error("M04: the indexes do not count its transactions")]
    M04,
    /// Common fields.
    #[error("M05: bundle, issuer, branches or time differ between transactions")]
    M05,
    /// Branches.
    #[error("M06: it does not name 1 to 8 distinct messages of others")]
    M06,
    /// Trunk chain.
    #[error("M07: a trunk is not the hash of the next transaction")]
    M07,
    /// Own previous message.
    #[error("M08: the issuer's previous message is also a branch")]
    M08,
    /// Work.
    #[error("M09: too little work")]
    M09,
    /// Sum.
    #[error("M10: the values do not sum to 0")]
    M10,
    /// Second parts.
    #[error("M11: an input is not followed by its second part")]
    M11,
    /// Inputs.
    #[error("M12: an address is spent twice")]
    M12,
    /// Outputs.
    #[error("M13: an address that is spent is also paid")]
    M13,
    /// Bundle.
    #[error("M14: the bundle hash is not that of the transactions")]
    M14,
    /// Safe.
    #[error("M15: the bundle hash is not safe to sign")]
    M15,
    /// Signatures.
    #[error("M16: a signature does not belong to its address")]
    M16,
}

impl Rule {
    /// Its code, such as `M07`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        const CODES: [&str; 16] = [
            "M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "M12", "M13", "M14", "M15",
            "M16",
        ];
        CODES[self as usize]
    }
}
