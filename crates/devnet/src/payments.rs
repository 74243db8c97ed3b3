//! Real, signed everPay transactions of one token, as wallets make them.

use std::time::{SystemTime, UNIX_EPOCH};

use everpay::{AccountId, Rules, TokenSpec, Transaction};

use crate::keys::Payer;

/// Makes transactions of one token for one ledger.
#[derive(Debug, Clone)]
pub struct Payments {
    token: TokenSpec,
    fee_recipient: String,
}

impl Payments {
    /// For `token` of a ledger with these rules.
    #[must_use]
    pub fn new(rules: &Rules, token: TokenSpec) -> Self {
        Self { token, fee_recipient: rules.fee_recipient.to_string() }
    }

    /// The token's tag.
    #[must_use]
    pub fn tag(&self) -> String {
        self.token.tag().to_string()
    }

    /// A payment of `amount` base units. The nonce is the sender's clock in ms and must rise.
    #[must_use]
    pub fn transfer(&self, from: &Payer, to: &AccountId, amount: u128, nonce: u64) -> Transaction {
        let fee = self.token.transfer_fee.to_string();
        self.signed(from, "transfer", to.to_string(), amount, fee, String::new(), nonce)
    }

    /// A burn: `amount` base units are to be paid out to `to` on the chain `target`.
    #[must_use]
    pub fn burn(&self, from: &Payer, to: &str, amount: u128, target: &str, nonce: u64) -> Transaction {
        let fee = self.token.burn_fees.get(target).map_or_else(|| "0".to_owned(), ToString::to_string);
        let data = serde_json::json!({ "targetChainType": target }).to_string();
        self.signed(from, "burn", to.to_owned(), amount, fee, data, nonce)
    }

    /// A mint of a deposit of AR, for the account that sent it. Anyone may sign a mint.
    #[must_use]
    pub fn mint(&self, signer: &Payer, deposit: &arweave::Transaction, nonce: u64) -> Transaction {
        let data = serde_json::from_slice(&deposit.to_json()).expect("a transaction was just written as JSON");
        self.mint_of(signer, &data, "arweave", &deposit.owner_address().to_string(), deposit.quantity.0, nonce)
    }

    /// A mint for `to` of a deposit on the chain `target`; `deposit` is the transaction as that chain's nodes write it.
    #[must_use]
    pub fn mint_of(
        &self,
        signer: &Payer,
        deposit: &serde_json::Value,
        target: &str,
        to: &str,
        amount: u128,
        nonce: u64,
    ) -> Transaction {
        let mut data = deposit.clone();
        data["targetChainType"] = target.into();
        self.signed(signer, "mint", to.to_owned(), amount, "0".to_owned(), data.to_string(), nonce)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a transaction that differ by action")]
    fn signed(
        &self,
        from: &Payer,
        action: &str,
        to: String,
        amount: u128,
        fee: String,
        data: String,
        nonce: u64,
    ) -> Transaction {
        let mut transaction = Transaction {
            token_symbol: self.token.symbol.clone(),
            action: action.to_owned(),
            from: from.account().to_string(),
            to,
            amount: amount.to_string(),
            fee,
            fee_recipient: self.fee_recipient.clone(),
            nonce: nonce.to_string(),
            token_id: self.token.id.clone(),
            chain_type: self.token.chain_type.clone(),
            chain_id: self.token.chain_id.clone(),
            data,
            version: "v1".to_owned(),
            sig: String::new(),
        };
        from.sign(&mut transaction);
        transaction
    }
}

/// Nonces of any number of accounts: the clock in ms, and never the same number twice.
#[derive(Debug, Default)]
pub struct Nonces(u64);

impl Nonces {
    /// The next one.
    pub fn fresh(&mut self) -> u64 {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        self.0 = u64::try_from(clock).unwrap_or(u64::MAX).max(self.0 + 1);
        self.0
    }
}
