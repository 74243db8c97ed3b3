//! Every broken rule by name, with the protocol's own error code (section 6 of the reference).
//!
//! The order of the variants is the order in which the checks run; where two rules are broken, the earlier one is
//! reported. `docs/protocol-choices.md` says where the reference leaves the order open.

use std::fmt;

macro_rules! refusals {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal,)*) => {
        /// A broken rule of the protocol.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Refusal {
            $($(#[doc = $doc])* $name,)*
        }

        impl Refusal {
            /// All refusals, in order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The protocol's error code, as the API answers it.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The refusal of a code; `None` for a code this program does not use.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

refusals! {
    /// The bytes are not the JSON of a transaction.
    NotJsonData = "err_not_json_data",
    /// `version` is not `v1`.
    InvalidTxVersion = "err_invalid_tx_version",
    /// The batch was not written by the ledger's owner.
    InvalidOwner = "err_invalid_owner",
    /// `data` has more than 30000 bytes.
    LargerData = "err_larger_data",
    /// `amount` is not a decimal integer.
    InvalidAmount = "err_invalid_amount",
    /// `fee` is not a decimal integer, or lower than the configured one.
    InvalidFee = "err_invalid_fee",
    /// `from`, `to` or `feeRecipient` is not an account id.
    InvalidId = "err_invalid_id",
    /// A mint or burn names no target chain that can be read.
    InvalidTargetChainType = "err_invalid_target_chain_type",
    /// A mint names no deposit.
    InvalidMintHash = "err_invalid_mint_hash",
    /// The e-mail code of a registration is older than five minutes, or from the future.
    EmailCodeExpired = "err_email_code_expired",
    /// The e-mail code of a registration was not signed by the ledger's owner.
    RegisterSig = "err_register_sig",
    /// `nonce` is not a 64-bit decimal integer.
    InvalidNonce = "err_invalid_nonce",
    /// No valid signature of the sender.
    InvalidSignature = "err_invalid_signature",
    /// `nonce` is not above the sender's last one.
    NonceTooLow = "err_nonce_too_low",
    /// No rule knows this action.
    InvalidAction = "err_invalid_action",
    /// The token is not listed.
    TokenNotFound = "err_token_not_found",
    /// `chainID` is not the token's.
    InvalidChainId = "err_invalid_chainid",
    /// `feeRecipient` is not the ledger's.
    InvalidFeeRecipient = "err_invalid_fee_recipient",
    /// The token cannot be burnt to this chain.
    NotFoundTargetChainInfo = "err_not_found_target_chain_info",
    /// The token has no burn fee for this chain.
    NotExistBurnFee = "err_not_exist_burn_fee",
    /// `fee` is below zero.
    NegativeFee = "err_negative_fee",
    /// `amount` is below zero.
    NegativeAmount = "err_negative_amount",
    /// A number beyond 256 bits.
    LargerAmount = "err_larger_amount",
    /// The deposit was minted before.
    TxMinted = "err_tx_minted",
    /// The deposit does not exist, or is not what the mint says.
    InvalidMintTx = "err_invalid_mint_tx",
    /// The amount cannot be paid out in whole units, or the recipient is none on the target chain.
    InvalidBurnTx = "err_invalid_burn_tx",
    /// The sender has too little.
    InsufficientBalance = "err_insufficient_balance",
    /// More would be burnt than exists.
    InsufficientTotalSupply = "err_insufficient_totalsupply",
    /// The bundle in `data` cannot be read.
    InvalidBundleData = "err_invalid_bundle_data",
    /// The bundle has no items.
    NotFoundBundleItems = "err_not_found_bundle_items",
    /// The bundle's version is not `v1`.
    BundleVersion = "err_bundle_version",
    /// The bundle's salt is no UUID.
    BundleSalt = "err_bundle_salt",
    /// The bundle expired before its outer transaction.
    BundleExpired = "err_bundle_expired",
    /// A sender of the bundle has not signed.
    NotFoundBundleSig = "err_not_found_bundle_sig",
    /// The bundle ran before.
    BundleExecuted = "err_bundle_executed",
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_code(refusal.code()), Some(*refusal));
        }
        assert_eq!(Refusal::from_code("err_"), None);
    }
}
