//! Source and target chains of mints and burns (sections 5.2 and 9).

use crate::action::Action;
use crate::json;
use crate::refusal::Refusal;

/// The native chain of a token's `chainType`; `None` for a chain no deposit can come from.
#[must_use]
pub fn native_chain(chain_type: &str) -> Option<&'static str> {
    Some(match chain_type {
        "arweave" | "arweave,ethereum" => "arweave",
        "ethereum" => "ethereum",
        "moonbeam" | "moonbase" => "moon",
        "conflux" => "conflux",
        "bsc" => "bsc",
        "platon" => "platon",
        "everpay" => "everpay",
        "aostest" => "aostest",
        _ => return None,
    })
}

/// Whether a target chain is an EVM: its deposits are named by `hash`, its recipients are EVM addresses.
#[must_use]
pub fn is_evm_chain(target: &str) -> bool {
    matches!(target, "ethereum" | "moon" | "conflux" | "bsc" | "platon")
}

/// The target chain of a mint or burn: the member `targetChainType` of `data`, else the native chain of the token.
///
/// # Errors
/// [`Refusal::InvalidTargetChainType`] when a mint's data cannot be read (native tokens need none), or when there is
/// neither a member nor a native chain. A burn's data may be anything.
pub fn target_chain(action: Action, chain_type: &str, data: &str) -> Result<String, Refusal> {
    let named = match json::text_member(data, "targetChainType") {
        Ok(named) => named,
        Err(json::Mismatch) if action == Action::Mint && chain_type != "everpay" => {
            return Err(Refusal::InvalidTargetChainType);
        }
        Err(json::Mismatch) => String::new(),
    };
    if !named.is_empty() {
        return Ok(named);
    }
    native_chain(chain_type).map(str::to_owned).ok_or(Refusal::InvalidTargetChainType)
}
