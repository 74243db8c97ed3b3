//! Signing a burn and handing it in.

use everpay::{Checker, EverHash, Rules, TokenSpec, TokenTag, Transaction};
use keystore::SignError;
use serde_json::json;
use vault_evm::watch::{Coordinator, CoordinatorAnswer};

use super::{Answer, Withdraw};
use crate::api::{CommandError, Posted, WithdrawQuote, WithdrawRequest};
use crate::confirm::{Draft, Word};
use crate::door;
use crate::notify::sum;

impl Withdraw<'_> {
    /// Signs and hands in, once a person confirmed it outside the page.
    ///
    /// # Errors
    /// `locked`, `needs_window`, `busy`, `declined`; `refused` with what speaks against it or the protocol's code;
    /// `no_coordinator`, `unreachable`.
    pub(crate) async fn send(&self, request: &WithdrawRequest) -> Answer<Posted> {
        let coordinator = self.here().coordinator.as_ref();
        let coordinator = coordinator.ok_or_else(|| CommandError::new("no_coordinator", "nobody takes it"))?;
        if self.shared.keys.session().is_none() {
            return Err(CommandError::new("locked", "the keystore is locked"));
        }
        let quote = self.quote(request).await?;
        if let Some(problem) = quote.problems.first() {
            return Err(CommandError::new("refused", format!("{} {}", problem.code, problem.subject)));
        }
        let rules = self.rules();
        let spec = rules.token(&TokenTag::from_text(&request.tag));
        let spec = spec.ok_or_else(|| CommandError::new("not_found", "no such token is listed"))?;
        let draft = transaction(&rules, spec, request, &quote)?;
        self.shared.asker.confirm(question(&draft, request, &quote)).await?;
        let signed = match self.here().sent.open_one(&draft) {
            Some(signed) => signed,
            None => self.sign(draft).await?,
        };
        self.hand_in(coordinator, &signed).await
    }

    /// Signs with the clock as its nonce, and checks what was signed as everybody will.
    async fn sign(&self, mut tx: Transaction) -> Answer<Transaction> {
        let from = door::account(&tx.from)?;
        let last = self.view.account(&from).nonce.and_then(|nonce| u64::try_from(nonce).ok()).unwrap_or_default();
        tx.nonce = self.here().sent.nonce(detector::now_ms(), last).to_string();
        let signer = self.shared.keys.signer(&from)?;
        let signed = tokio::task::spawn_blocking(move || {
            signer.sign_everpay(&mut tx, detector::now_ms()).map_err(not_signed)?;
            let checked = Checker::new().check(tx, true);
            checked.map(|checked| checked.tx).map_err(|rejected| CommandError::new("refused", rejected.refusal.code()))
        });
        signed.await.map_err(|fault| CommandError::new("core_fault", fault))?
    }

    async fn hand_in(&self, coordinator: &Coordinator, tx: &Transaction) -> Answer<Posted> {
        let (sent, hash) = (&self.here().sent, tx.ever_hash());
        sent.leaves(tx);
        let answer = coordinator.post(tx).await;
        // Refused now, it may have been accepted before, when nobody heard the answer: only both words together say no.
        let known = match answer {
            CoordinatorAnswer::Accepted => Some(true),
            _ => coordinator.record(&hash).await.ok().map(|record| record.is_some()),
        };
        match (known, answer) {
            (Some(true), _) => {
                sent.settle(&hash, true);
                Ok(Posted { ever_hash: hash.to_string() })
            }
            (Some(false), CoordinatorAnswer::Refused(code)) => Err(self.refused(&hash, &code)),
            (Some(false), CoordinatorAnswer::Later(code)) if code.starts_with("err_") && code.contains("nonce") => {
                Err(self.refused(&hash, &code))
            }
            (_, CoordinatorAnswer::Refused(why) | CoordinatorAnswer::Later(why) | CoordinatorAnswer::Silent(why)) => {
                Err(CommandError::new("unreachable", format!("{hash}: {why}")))
            }
            (_, CoordinatorAnswer::Accepted | CoordinatorAnswer::Minted) => {
                Err(CommandError::new("unreachable", format!("{hash}: the coordinator's answer makes no sense")))
            }
        }
    }

    fn refused(&self, hash: &EverHash, code: &str) -> CommandError {
        self.here().sent.settle(hash, false);
        CommandError::new("refused", code)
    }
}

fn not_signed(error: SignError) -> CommandError {
    let code = if error == SignError::Locked { "locked" } else { "refused" };
    CommandError::new(code, error.code())
}

/// The burn, as the SDK's `withdraw` makes it, but for nonce and signature.
fn transaction(
    rules: &Rules,
    spec: &TokenSpec,
    request: &WithdrawRequest,
    quote: &WithdrawQuote,
) -> Answer<Transaction> {
    Ok(Transaction {
        token_symbol: spec.symbol.clone(),
        action: "burn".to_owned(),
        from: door::account(&request.account)?.to_string(),
        to: quote.to.clone(),
        amount: quote.amount.clone(),
        fee: quote.fee.clone(),
        fee_recipient: rules.fee_recipient.to_string(),
        nonce: String::new(),
        token_id: spec.id.clone(),
        chain_type: spec.chain_type.clone(),
        chain_id: spec.chain_id.clone(),
        data: json!({ "targetChainType": request.chain }).to_string(),
        version: "v1".to_owned(),
        sig: String::new(),
    })
}

/// What a person reads before it is signed: the transaction's own fields.
fn question(tx: &Transaction, request: &WithdrawRequest, quote: &WithdrawQuote) -> Draft {
    let ledger = |units: &str| sum(units, Some(quote.decimals), &quote.symbol).unwrap_or_else(|| units.to_owned());
    let paid = sum(&quote.target_amount, Some(quote.target_decimals), &quote.symbol);
    let draft = Draft::new(Word::Withdraw, Word::SignAndSend)
        .fact(Word::PaidOut, paid.unwrap_or_else(|| quote.target_amount.clone()))
        .fact(Word::To, &tx.to)
        .fact(Word::Chain, &request.chain)
        .gap()
        .fact(Word::From, &tx.from)
        .fact(Word::Amount, ledger(&tx.amount))
        .fact(Word::Fee, ledger(&tx.fee))
        .fact(Word::Total, ledger(&quote.total))
        .fact(Word::Token, &request.tag)
        .gap()
        .say(Word::WithdrawFinal);
    if quote.known_recipient { draft } else { draft.say(Word::NewRecipient) }
}
