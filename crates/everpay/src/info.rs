//! The `/info` answer of a coordinator (section 14.1): the union of what older and newer clients read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::AccountId;
use crate::amount::Amount;
use crate::hash::{EverHash, StateRoot};
use crate::ledger::Ledger;
use crate::refusal::Refusal;
use crate::rules::{Rules, RulesError, Target, TokenSpec, Tokens};

/// The whole answer. Amounts are integers in base units as decimal text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InfoResponse {
    /// Whether the server has caught up with its own chain.
    #[serde(default)]
    pub is_synced: bool,
    /// Whether it refuses transactions.
    #[serde(default)]
    pub is_closed: bool,
    /// Hash over the balances; this server gives its state root.
    #[serde(default)]
    pub balance_root_hash: String,
    /// Rolling hash over batch ids and transaction ids.
    #[serde(default)]
    pub root_hash: String,
    /// Rolling hash over transaction ids.
    #[serde(default)]
    pub ever_root_hash: String,
    /// Arweave address that writes the batches.
    pub owner: String,
    /// Who may send `set` transactions; empty for nobody.
    #[serde(default)]
    pub set_action_owner: String,
    /// The everPay chain id.
    #[serde(rename = "ethChainID")]
    pub eth_chain_id: String,
    /// Account that receives all fees.
    pub fee_recipient: String,
    /// Locker on Ethereum; empty when there is none.
    #[serde(default)]
    pub eth_locker: String,
    /// Locker on Arweave; empty when there is none.
    #[serde(default)]
    pub ar_locker: String,
    /// Lockers by target chain.
    #[serde(default)]
    pub lockers: BTreeMap<String, String>,
    /// The listed tokens.
    pub token_list: Vec<TokenInfo>,
    /// What this program adds; other servers have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everwatch: Option<Everwatch>,
}

/// A token of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenInfo {
    /// Name in the ledger.
    pub tag: String,
    /// Id on its chain or chains.
    pub id: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals in everPay.
    pub decimals: u8,
    /// Minted minus burnt.
    #[serde(default)]
    pub total_supply: String,
    /// Chain or chains.
    pub chain_type: String,
    /// Id or ids of these chains.
    #[serde(rename = "chainID")]
    pub chain_id: String,
    /// Fee of a burn by target chain.
    #[serde(default)]
    pub burn_fees: BTreeMap<String, String>,
    /// Fee of a transfer.
    #[serde(default)]
    pub transfer_fee: String,
    /// Fee of a bundle.
    #[serde(default)]
    pub bundle_fee: String,
    /// Accounts with a balance.
    #[serde(default)]
    pub holder_num: u64,
    /// Chains it can be minted from and burnt to.
    #[serde(default)]
    pub cross_chain_info_list: BTreeMap<String, CrossChainInfo>,
    /// Whether clients show it.
    #[serde(default = "shown")]
    pub display: bool,
    /// `TNS-101` for bridged tokens.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Only native tokens have it.
    #[serde(default)]
    pub tns102_extra: Option<Value>,
}

fn shown() -> bool {
    true
}

/// A token on one of its target chains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrossChainInfo {
    /// Id of the chain.
    pub target_chain_id: String,
    /// Name of the chain.
    pub target_chain_type: String,
    /// Decimals there.
    pub target_decimals: u8,
    /// Contract or id there.
    pub target_token_id: String,
}

/// What a coordinator of this program says about its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Everwatch {
    /// State root after the transaction `raw_id`.
    pub state_root: StateRoot,
    /// Position: number of the last transaction accepted, from 1; 0 before the first.
    pub raw_id: u64,
    /// That transaction.
    pub ever_hash: Option<EverHash>,
    /// Roots at the ends of packaged batches, newest last.
    #[serde(default)]
    pub checkpoints: Vec<Checkpoint>,
}

/// The state at the end of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// Arweave id of the batch.
    pub batch: String,
    /// Number of its last transaction.
    pub raw_id: u64,
    /// Its last transaction.
    pub ever_hash: Option<EverHash>,
    /// The state root after it.
    pub state_root: StateRoot,
}

/// An answer that gives no rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InfoError {
    /// The fee recipient is no account id.
    #[error("the fee recipient is not an account")]
    FeeRecipient(#[source] Refusal),
    /// A fee is not a decimal integer.
    #[error("token {0} has a fee that is not an amount")]
    Fee(String),
    /// A token's tag is not that of its own members.
    #[error("token {0} has the tag of another")]
    Tag(String),
    /// The list contradicts itself.
    #[error(transparent)]
    Rules(#[from] RulesError),
}

impl Rules {
    /// The rules as an answer, without supplies and roots.
    #[must_use]
    pub fn to_info(&self) -> InfoResponse {
        let locker = |chain: &str| self.lockers.get(chain).cloned().unwrap_or_default();
        InfoResponse {
            is_synced: true,
            is_closed: false,
            balance_root_hash: String::new(),
            root_hash: String::new(),
            ever_root_hash: String::new(),
            owner: self.owner.clone(),
            set_action_owner: String::new(),
            eth_chain_id: self.eth_chain_id.clone(),
            fee_recipient: self.fee_recipient.to_string(),
            eth_locker: locker("ethereum"),
            ar_locker: locker("arweave"),
            lockers: self.lockers.clone(),
            token_list: self.listed().iter().map(TokenInfo::new).collect(),
            everwatch: None,
        }
    }

    /// The rules that an answer states.
    ///
    /// # Errors
    /// An answer that contradicts itself.
    pub fn from_info(info: &InfoResponse) -> Result<Self, InfoError> {
        let tokens = info.token_list.iter().map(TokenInfo::to_spec).collect::<Result<_, _>>()?;
        let rules = Self {
            owner: info.owner.clone(),
            eth_chain_id: info.eth_chain_id.clone(),
            fee_recipient: AccountId::parse(&info.fee_recipient).map_err(InfoError::FeeRecipient)?,
            lockers: info.lockers.clone(),
            tokens: Tokens::Listed(tokens),
        };
        rules.validate()?;
        Ok(rules)
    }
}

impl Ledger {
    /// The answer with supplies, holders and the state root as they are now.
    #[must_use]
    pub fn info(&self) -> InfoResponse {
        let mut info = self.rules().to_info();
        info.balance_root_hash = self.root().to_string();
        for (spec, token) in self.rules().listed().iter().zip(&mut info.token_list) {
            let tag = spec.tag();
            token.total_supply = self.supply(&tag).to_string();
            token.holder_num = self.holders(&tag);
        }
        info
    }
}

impl TokenInfo {
    fn new(spec: &TokenSpec) -> Self {
        let target = |target: &Target| CrossChainInfo {
            target_chain_id: target.chain_id.clone(),
            target_chain_type: target.chain_type.clone(),
            target_decimals: target.decimals,
            target_token_id: target.token_id.clone(),
        };
        Self {
            tag: spec.tag().to_string(),
            id: spec.id.clone(),
            symbol: spec.symbol.clone(),
            decimals: spec.decimals,
            total_supply: "0".to_owned(),
            chain_type: spec.chain_type.clone(),
            chain_id: spec.chain_id.clone(),
            burn_fees: spec.burn_fees.iter().map(|(chain, fee)| (chain.clone(), fee.to_string())).collect(),
            transfer_fee: spec.transfer_fee.to_string(),
            bundle_fee: spec.bundle_fee.to_string(),
            holder_num: 0,
            cross_chain_info_list: spec.targets.iter().map(|(chain, info)| (chain.clone(), target(info))).collect(),
            display: spec.display,
            kind: "TNS-101".to_owned(),
            tns102_extra: None,
        }
    }

    fn to_spec(&self) -> Result<TokenSpec, InfoError> {
        let fee = |text: &str| match text {
            "" => Ok(Amount::ZERO),
            digits => digits.parse().map_err(|_| InfoError::Fee(self.tag.clone())),
        };
        let target = |info: &CrossChainInfo| Target {
            chain_id: info.target_chain_id.clone(),
            chain_type: info.target_chain_type.clone(),
            decimals: info.target_decimals,
            token_id: info.target_token_id.clone(),
        };
        let spec = TokenSpec {
            id: self.id.clone(),
            symbol: self.symbol.clone(),
            chain_type: self.chain_type.clone(),
            chain_id: self.chain_id.clone(),
            decimals: self.decimals,
            transfer_fee: fee(&self.transfer_fee)?,
            bundle_fee: fee(&self.bundle_fee)?,
            burn_fees: self
                .burn_fees
                .iter()
                .map(|(chain, text)| Ok((chain.clone(), fee(text)?)))
                .collect::<Result<_, InfoError>>()?,
            targets: self.cross_chain_info_list.iter().map(|(chain, info)| (chain.clone(), target(info))).collect(),
            display: self.display,
        };
        // Clients compare tags without regard to case.
        if spec.tag().as_str().eq_ignore_ascii_case(&self.tag) {
            Ok(spec)
        } else {
            Err(InfoError::Tag(self.tag.clone()))
        }
    }
}
