//! The static checks of a transaction: everything that needs no history (section 6), in the reference's order.
//!
//! Where it stands: detector and coordinator call it for every transaction, on all cores; what passes goes to the
//! ledger. What always holds: a [`Checked`] was made here, so whoever holds one need not check again.
//! What it does not do: judge the nonce against a clock. The window of the server is a rule of the coordinator alone.

use crate::account::AccountId;
use crate::action::Action;
use crate::amount::Quantity;
use crate::everid::MailVerify;
use crate::fido2::Passkeys;
use crate::hash::{EverHash, Nonce};
use crate::mint::MintFingerprint;
use crate::refusal::Refusal;
use crate::signature::{self, Signed, SignedText, Verifier};
use crate::target::target_chain;
use crate::token::TokenTag;
use crate::transaction::Transaction;

/// Most bytes of `data`.
pub const DATA_LEN_MAX: usize = 30_000;

/// A transaction that passed the static checks, with what they read from it. Only [`Checker::check`] makes one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Checked {
    /// As sent.
    pub tx: Transaction,
    /// Its id.
    pub ever_hash: EverHash,
    /// Who signed.
    pub from: AccountId,
    /// Who receives.
    pub to: AccountId,
    /// Who receives the fee; `None` when the transaction names nobody, which a fee of `0` allows.
    pub fee_recipient: Option<AccountId>,
    /// The amount; sign and size are judged by the ledger.
    pub amount: Quantity,
    /// The fee; sign and size are judged by the ledger.
    pub fee: Quantity,
    /// The sender's number.
    pub nonce: Nonce,
    /// The token's name.
    pub tag: TokenTag,
    /// What is asked for.
    pub action: Action,
    /// Target chain of a mint or burn.
    pub target: Option<String>,
    /// The deposit of a mint.
    pub fingerprint: Option<MintFingerprint>,
    /// The signature; `None` for a registration, whose signature the reference never checks. The ledger does not
    /// execute registrations.
    pub signed: Option<Signed>,
}

/// A transaction that failed the static checks.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// As sent.
    pub tx: Transaction,
    /// Its id.
    pub ever_hash: EverHash,
    /// The rule.
    pub refusal: Refusal,
    /// A label of the detail for people; may be empty.
    pub reason: &'static str,
}

/// Runs the static checks; one for all threads.
#[derive(Debug, Default)]
pub struct Checker {
    verifier: Verifier,
    pay_owner: Option<String>,
}

impl Checker {
    /// With the passkey origins of the reference. The e-mail check of registrations is left out until the ledger's
    /// owner is named; the ledger executes no registration either way.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks the e-mail part of registrations against the ledger's owner, an Arweave address.
    #[must_use]
    pub fn with_pay_owner(mut self, owner: &str) -> Self {
        self.pay_owner = Some(owner.to_owned());
        self
    }

    /// Takes other passkey origins and relying parties.
    #[must_use]
    pub fn with_passkeys(mut self, passkeys: Passkeys) -> Self {
        self.verifier = Verifier::new(passkeys);
        self
    }

    /// Checks signatures of other texts.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Checks one transaction. `owner_ok` says whether its batch was written by the ledger's owner; a coordinator,
    /// which has no batch yet, says `true`.
    ///
    /// # Errors
    /// The first broken rule, with the transaction.
    pub fn check(&self, tx: Transaction, owner_ok: bool) -> Result<Checked, Box<Rejected>> {
        let message = tx.message();
        let ever_hash = EverHash::new(crypto::eip191_hash(message.as_bytes()));
        match self.facts(&tx, &message, ever_hash, owner_ok) {
            Ok(facts) => Ok(facts.checked(tx, ever_hash)),
            Err((refusal, reason)) => Err(Box::new(Rejected { tx, ever_hash, refusal, reason })),
        }
    }

    fn facts(
        &self,
        tx: &Transaction,
        message: &str,
        ever_hash: EverHash,
        owner_ok: bool,
    ) -> Result<Facts, (Refusal, &'static str)> {
        let unexplained = |refusal| (refusal, "");
        let form = Form::read(tx, owner_ok).map_err(unexplained)?;
        let action = Action::parse(&tx.action);
        let target = matches!(action, Action::Mint | Action::Burn)
            .then(|| target_chain(action, &tx.chain_type, &tx.data))
            .transpose()
            .map_err(unexplained)?;
        let fingerprint = match &target {
            Some(target) if action == Action::Mint => {
                Some(MintFingerprint::of_mint(target, &tx.data, &ever_hash).map_err(unexplained)?)
            }
            _ => None,
        };
        let (nonce, signed) = if action == Action::Register {
            let nonce = Nonce::parse(&tx.nonce).ok_or((Refusal::InvalidNonce, ""))?;
            self.check_registration(tx, &form.from, nonce).map_err(unexplained)?;
            (nonce, None)
        } else {
            let invalid = |reason| (Refusal::InvalidSignature, reason);
            let sig = signature::with_owner(&tx.sig, &form.from, &tx.data).map_err(invalid)?;
            let nonce = Nonce::parse(&tx.nonce).ok_or((Refusal::InvalidNonce, ""))?;
            let text = SignedText { from: &form.from, nonce, ever_hash: &ever_hash, message };
            (nonce, Some(self.verifier.verify(&sig, text).map_err(invalid)?))
        };
        Ok(Facts { form, action, target, fingerprint, nonce, signed })
    }

    fn check_registration(&self, tx: &Transaction, from: &AccountId, nonce: Nonce) -> Result<(), Refusal> {
        match (&self.pay_owner, from) {
            (Some(owner), AccountId::EverId(_)) => MailVerify::parse(&tx.data)?.verify(owner, from, nonce),
            _ => Ok(()),
        }
    }
}

/// What the checks of form read: sizes, numbers, accounts.
struct Form {
    amount: Quantity,
    fee: Quantity,
    from: AccountId,
    to: AccountId,
    fee_recipient: Option<AccountId>,
}

impl Form {
    fn read(tx: &Transaction, owner_ok: bool) -> Result<Self, Refusal> {
        if tx.version != "v1" {
            return Err(Refusal::InvalidTxVersion);
        }
        if !owner_ok {
            return Err(Refusal::InvalidOwner);
        }
        if tx.data.len() > DATA_LEN_MAX {
            return Err(Refusal::LargerData);
        }
        let amount = Quantity::parse(&tx.amount).ok_or(Refusal::InvalidAmount)?;
        let fee = Quantity::parse(&tx.fee).ok_or(Refusal::InvalidFee)?;
        let from = AccountId::parse(&tx.from)?;
        let to = AccountId::parse(&tx.to)?;
        // The rule asks for the text `0`, not for the number.
        let no_fee = tx.fee == "0" && tx.fee_recipient.is_empty();
        let fee_recipient = if no_fee { None } else { Some(AccountId::parse(&tx.fee_recipient)?) };
        Ok(Self { amount, fee, from, to, fee_recipient })
    }
}

struct Facts {
    form: Form,
    action: Action,
    target: Option<String>,
    fingerprint: Option<MintFingerprint>,
    nonce: Nonce,
    signed: Option<Signed>,
}

impl Facts {
    fn checked(self, tx: Transaction, ever_hash: EverHash) -> Checked {
        Checked {
            ever_hash,
            from: self.form.from,
            to: self.form.to,
            fee_recipient: self.form.fee_recipient,
            amount: self.form.amount,
            fee: self.form.fee,
            nonce: self.nonce,
            tag: TokenTag::new(&tx.chain_type, &tx.token_symbol, &tx.token_id),
            action: self.action,
            target: self.target,
            fingerprint: self.fingerprint,
            signed: self.signed,
            tx,
        }
    }
}
