//! The locker on Arweave after a deposit was believed: does the deposit still stand, and what does the locker hold.
//!
//! Every gateway answers as of its own tip, for Arweave's gateways tell no balance of an earlier block; the height that is
//! reported is the lowest among those that agree. AR that the locker pays out is an ordinary transfer and names no burn.

use crate::arweave_deposits::{ArweaveDeposits, CHAIN, NATIVE};
use crate::finding::{Evidence, Fault};
use crate::reserves::{Reserves, Standing};
use arweave::{Address, ArweaveId, Gateway, GatewayError, Status};
use everpay::Amount;
use futures::future::join_all;

/// Blocks beyond the needed ones after which Arweave does not change its mind: miners refuse forks deeper than 50.
const FINAL_AFTER: u64 = 64;

/// What one gateway says about the locker.
struct Held {
    amount: Amount,
    height: u64,
    block: String,
    time_ms: u64,
}

impl ArweaveDeposits {
    /// Whether a verified deposit is still in a block deep enough.
    pub(crate) async fn stands(&self, verified: &Evidence) -> Result<Standing, Fault> {
        let Ok(id) = verified.deposit.parse::<ArweaveId>() else { return Ok(Standing::Undone { tip: 0 }) };
        let asked = self.gateways.iter().map(|gateway| async move {
            let answer = standing(gateway, &id, verified.height.unwrap_or(0), self.confirmations).await;
            (gateway.url().to_string(), answer)
        });
        let alike = |a: &Standing, b: &Standing| std::mem::discriminant(a) == std::mem::discriminant(b);
        let answers = join_all(asked).await;
        Ok(self.shared_answer(answers, alike, &verified.deposit)?.0)
    }

    /// The locker's balance, as enough gateways say alike.
    pub(crate) async fn held(&self) -> Result<Reserves, Fault> {
        let nobody = |last: &str| Fault::Unavailable {
            chain: CHAIN.to_owned(),
            answered: 0,
            needed: self.agree,
            last: last.to_owned(),
        };
        let locker = self.rules.lockers.get(CHAIN).ok_or_else(|| nobody("the rules name no locker"))?;
        let address: Address = locker.parse().map_err(|_| nobody("the locker is no address"))?;
        let asked = self
            .gateways
            .iter()
            .map(|gateway| async move { (gateway.url().to_string(), balance(gateway, &address).await) });
        let answers = join_all(asked).await;
        let (held, sources) = self.shared_answer(answers, |a: &Held, b| a.amount == b.amount, locker)?;
        Ok(Reserves {
            height: held.height,
            block: held.block,
            time_ms: held.time_ms,
            tokens: vec![(NATIVE.to_owned(), held.amount)],
            paid: Vec::new(),
            sources,
        })
    }

    /// The answer that enough gateways share, and who they are.
    pub(crate) fn shared_answer<T>(
        &self,
        answers: Vec<(String, Result<T, GatewayError>)>,
        alike: impl Fn(&T, &T) -> bool,
        about: &str,
    ) -> Result<(T, Vec<String>), Fault> {
        let mut groups: Vec<(T, Vec<String>)> = Vec::new();
        let (mut answered, mut last) = (0, String::from("no gateway is configured"));
        for (url, answer) in answers {
            match answer {
                Ok(answer) => {
                    answered += 1;
                    match groups.iter_mut().find(|(known, _)| alike(known, &answer)) {
                        Some((_, urls)) => urls.push(url),
                        None => groups.push((answer, vec![url])),
                    }
                }
                Err(error) => {
                    tracing::debug!(%url, %error, about, "a gateway gave no answer");
                    last = format!("{url}: {error}");
                }
            }
        }
        let sides = groups.iter().map(|(_, urls)| urls.clone()).collect();
        let mut enough = groups.into_iter().filter(|(_, urls)| urls.len() >= self.agree);
        match (enough.next(), enough.next()) {
            (Some(shared), None) => Ok(shared),
            _ if answered >= self.agree => {
                Err(Fault::Disagreement { chain: CHAIN.to_owned(), deposit: about.to_owned(), sides })
            }
            _ => Err(Fault::Unavailable { chain: CHAIN.to_owned(), answered, needed: self.agree, last }),
        }
    }
}

async fn standing(gateway: &Gateway, id: &ArweaveId, was: u64, needed: u64) -> Result<Standing, GatewayError> {
    let tip = gateway.info().await?.height;
    if tip < was {
        // It has not seen the block in which the deposit was: it cannot say that it is gone.
        return Err(GatewayError::Lagging { height: was, tip });
    }
    Ok(match gateway.status(id).await? {
        Status::Confirmed { confirmations, .. } if confirmations >= needed.saturating_add(FINAL_AFTER) => {
            Standing::Final
        }
        Status::Confirmed { height, confirmations } if height == was || confirmations >= needed => Standing::Stands,
        Status::Confirmed { .. } | Status::Pending | Status::NotFound => Standing::Undone { tip },
    })
}

async fn balance(gateway: &Gateway, locker: &Address) -> Result<Held, GatewayError> {
    // The tip first: the balance is at least as new as the block that is named.
    let info = gateway.info().await?;
    let amount = gateway.balance(locker).await?;
    let amount = amount.to_string().parse().map_err(|_| GatewayError::NotFound)?;
    let time_ms = gateway.block_time(info.height).await?.saturating_mul(1_000);
    Ok(Held { amount, height: info.height, block: info.current, time_ms })
}
