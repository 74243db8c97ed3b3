//! AR sent to the locker on Arweave, judged through gateways of which a given number must agree. What the locker holds and
//! whether an old deposit still stands is in `arweave_vault`.
//!
//! A deposit is a transaction of format 2 whose target is the locker and whose quantity is what the mint credits to the
//! transaction's owner. The object inside the mint's `data` is not looked at beyond its id: everything comes from the
//! gateways, verified. Heights and absence are a gateway's word; that is why several are asked.
//!
//! At a height h the deposit needs `h − its height ≥ N`. A coordinator that counts `tip − its height + 1 ≥ N` now can put
//! the mint into a block above its tip only, so that what it accepts holds for every detector later.

use crate::finding::{CheckPoint, Evidence, Fault, MintFinding, NotCheckable, RefutedWhy};
use crate::reserves::{Payout, Reserves, Standing};
use crate::source::SourceChain;
use arweave::{ArweaveId, Gateway, GatewayError, Status, VerifiedHeader};
use everpay::mint::deposit_amount;
use everpay::{Amount, Checked, Quantity, Rules, TokenSpec, Tokens};
use futures::future::{BoxFuture, join_all};

/// Name of the chain in rules and mints.
pub(crate) const CHAIN: &str = "arweave";
/// The id of AR itself among the tokens of Arweave.
pub(crate) const NATIVE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Judges mints of AR by asking gateways.
#[derive(Debug, Clone)]
pub struct ArweaveDeposits {
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) agree: usize,
    pub(crate) confirmations: u64,
    pub(crate) rules: Rules,
}

/// What a mint says about its deposit.
struct Claim<'a> {
    deposit: &'a str,
    to: String,
    amount: Amount,
    token: &'a TokenSpec,
    locker: &'a str,
}

/// What one gateway says about a deposit.
enum Seen {
    /// It knows no such transaction, and says so.
    Nothing,
    /// It has it, in no block; the header only if it shows it.
    Pending(Option<Box<VerifiedHeader>>),
    /// In a block.
    InBlock(Box<VerifiedHeader>, u64, u64),
}

impl ArweaveDeposits {
    /// A judge that asks all `gateways` and believes what at least `agree` of them say alike (at least one, at most all).
    /// A deposit needs `confirmations` blocks, its own included.
    #[must_use]
    pub fn new(gateways: Vec<Gateway>, agree: usize, confirmations: u64, rules: Rules) -> Self {
        let agree = agree.clamp(1, gateways.len().max(1));
        Self { gateways, agree, confirmations, rules }
    }

    async fn judge(&self, mint: &Checked, at: CheckPoint) -> Result<MintFinding, Fault> {
        let claim = match self.claim(mint) {
            Ok(claim) => claim,
            Err(why) => return Ok(MintFinding::NotCheckable { why }),
        };
        let asked = self.gateways.iter().map(|gateway| async {
            let verdict = match claim.deposit.parse() {
                Ok(id) => ask(gateway, &id, at).await.map(|seen| self.compare(&claim, &seen, at)),
                // What is no id names no transaction; that needs no gateway.
                Err(_) => Ok(self.compare(&claim, &Seen::Nothing, at)),
            };
            (gateway.url().to_string(), verdict)
        });
        // Confirmations may differ between gateways, the verdict may not.
        let (finding, urls) = self.shared_answer(join_all(asked).await, same_verdict, claim.deposit)?;
        Ok(with_sources(finding, urls))
    }

    /// The parts of a mint that a gateway can be asked about.
    fn claim<'a>(&'a self, mint: &'a Checked) -> Result<Claim<'a>, NotCheckable> {
        if matches!(self.rules.tokens, Tokens::Open) {
            return Err(NotCheckable::UnknownToken);
        }
        let token = self.rules.token(&mint.tag).ok_or(NotCheckable::UnknownToken)?;
        let target = token.targets.get(CHAIN).ok_or(NotCheckable::TokenKind)?;
        if target.token_id != NATIVE {
            return Err(NotCheckable::TokenKind);
        }
        let locker = self.rules.lockers.get(CHAIN).ok_or(NotCheckable::UnknownToken)?;
        let fingerprint = mint.fingerprint.as_ref().ok_or(NotCheckable::TokenKind)?;
        // A negative or endless amount is refused by the ledger before a deposit matters.
        let Quantity::Amount(amount) = mint.amount else { return Err(NotCheckable::TokenKind) };
        Ok(Claim { deposit: fingerprint.as_str(), to: mint.to.to_string(), amount, token, locker })
    }

    fn compare(&self, claim: &Claim<'_>, seen: &Seen, at: CheckPoint) -> MintFinding {
        let mut evidence = Evidence {
            chain: CHAIN.to_owned(),
            deposit: claim.deposit.to_owned(),
            confirmations_needed: self.confirmations,
            locker: Some(claim.locker.to_owned()),
            ..Evidence::default()
        };
        let header = match seen {
            Seen::Nothing => return MintFinding::Refuted { reason: RefutedWhy::NotFound, evidence },
            Seen::Pending(header) => header.as_deref(),
            Seen::InBlock(header, height, tip) => {
                evidence.height = Some(*height);
                evidence.confirmations_had = Some(depth(*height, *tip, at));
                Some(header.as_ref())
            }
        };
        if let Some(reason) = header.and_then(|header| contradiction(claim, header, &mut evidence)) {
            return MintFinding::Refuted { reason, evidence };
        }
        if evidence.confirmations_had.is_some_and(|had| had >= self.confirmations) {
            MintFinding::Verified { evidence }
        } else {
            MintFinding::Refuted { reason: RefutedWhy::TooFewConfirmations, evidence }
        }
    }
}

impl SourceChain for ArweaveDeposits {
    fn check<'a>(&'a self, mint: &'a Checked, at: CheckPoint) -> BoxFuture<'a, Result<MintFinding, Fault>> {
        Box::pin(self.judge(mint, at))
    }

    fn standing<'a>(&'a self, verified: &'a Evidence) -> BoxFuture<'a, Result<Standing, Fault>> {
        Box::pin(self.stands(verified))
    }

    fn reserves<'a>(&'a self, _waiting: &'a [Payout]) -> BoxFuture<'a, Result<Reserves, Fault>> {
        // No payout of AR can be told from another transfer: none is called done.
        Box::pin(self.held())
    }
}

async fn ask(gateway: &Gateway, id: &ArweaveId, at: CheckPoint) -> Result<Seen, GatewayError> {
    let tip = gateway.info().await?.height;
    if let CheckPoint::AtBatch { height, .. } = at
        && tip < height
    {
        // A gateway that has not seen the block cannot say what was absent then.
        return Err(GatewayError::Lagging { height, tip });
    }
    let status = gateway.status(id).await?;
    let header = gateway.tx(id).await?;
    Ok(match (status, header) {
        (Status::NotFound, None) => Seen::Nothing,
        (Status::Confirmed { height, .. }, Some(header)) => Seen::InBlock(Box::new(header), height, tip.max(height)),
        // In a block, but not shown: not an absence, and no deposit that can be judged either.
        (Status::Confirmed { .. }, None) => return Err(GatewayError::NotFound),
        (Status::NotFound | Status::Pending, header) => Seen::Pending(header.map(Box::new)),
    })
}

/// Confirmations that count at a check point; 0 when its block came later.
fn depth(height: u64, tip: u64, at: CheckPoint) -> u64 {
    match at {
        CheckPoint::Now => tip.saturating_sub(height) + 1,
        CheckPoint::AtBatch { height: at, .. } => at.saturating_sub(height),
    }
}

/// The first requirement that a real transaction fails as this mint's deposit. Fills in what was seen.
fn contradiction(claim: &Claim<'_>, header: &VerifiedHeader, evidence: &mut Evidence) -> Option<RefutedWhy> {
    let target = header.target().map(|address| address.to_string());
    let sender = header.owner().to_string();
    let quantity = header.quantity();
    let worth =
        quantity.to_string().parse().ok().and_then(|units: Amount| deposit_amount(claim.token, CHAIN, units).ok());
    let wrong_target = target.as_deref() != Some(claim.locker);
    let wrong_sender = sender != claim.to;
    evidence.target = target;
    evidence.sender = Some(sender);
    evidence.quantity = Some(quantity.to_string());
    evidence.worth = worth.map(|amount| amount.to_string());
    if wrong_target {
        Some(RefutedWhy::WrongTarget)
    } else if wrong_sender {
        Some(RefutedWhy::WrongSender)
    } else if worth != Some(claim.amount) {
        Some(RefutedWhy::WrongAmount)
    } else {
        None
    }
}

fn same_verdict(a: &MintFinding, b: &MintFinding) -> bool {
    match (a, b) {
        (MintFinding::Verified { evidence: a }, MintFinding::Verified { evidence: b }) => a.height == b.height,
        (MintFinding::Refuted { reason: a, .. }, MintFinding::Refuted { reason: b, .. }) => a == b,
        (MintFinding::NotCheckable { why: a }, MintFinding::NotCheckable { why: b }) => a == b,
        _ => false,
    }
}

fn with_sources(mut finding: MintFinding, urls: Vec<String>) -> MintFinding {
    match &mut finding {
        MintFinding::Verified { evidence } | MintFinding::Refuted { evidence, .. } => evidence.sources = urls,
        MintFinding::NotCheckable { .. } => {}
    }
    finding
}
