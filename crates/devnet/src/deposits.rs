//! Money for the devnet's accounts, the way real money comes: a transfer of AR to the locker on Arweave, and when it is
//! deep enough, a mint that names it.
//!
//! What always holds: a deposit is on disk before it is posted, and stays there until the coordinator has it; so a devnet
//! that was killed in between mints it in the next run.

use std::path::PathBuf;

use arweave::{Address, Gateway, GatewayError, Status, Wallet, Winston};

use crate::api::{Api, NotPosted};
use crate::arlocal::Control;
use crate::error::Fault;
use crate::folder;
use crate::keys::Payer;
use crate::payments::{Nonces, Payments};

/// What a wallet is given when it runs low, in winston: 1,000 AR.
const GRANT: u128 = 1_000_000_000_000_000;
/// Reward of our transfers; arlocal takes any, this is what it would ask for a kilobyte.
const REWARD: u128 = 65_595_508;

/// Deposits that were sent and are not minted yet.
#[derive(Debug)]
pub(crate) struct Deposits {
    gateway: Gateway,
    control: Control,
    locker: Address,
    confirmations: u64,
    file: PathBuf,
    waiting: Vec<arweave::Transaction>,
}

impl Deposits {
    pub(crate) fn open(
        gateway: Gateway,
        control: Control,
        locker: Address,
        confirmations: u64,
        file: PathBuf,
    ) -> Result<Self, Fault> {
        let broken = |reason: String| Fault::Content { path: file.clone(), reason };
        let texts: Vec<serde_json::Value> = folder::read_json(&file)?.unwrap_or_default();
        let waiting = texts
            .iter()
            .map(|text| {
                arweave::Transaction::from_json(text.to_string().as_bytes()).map_err(|bad| broken(bad.to_string()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { gateway, control, locker, confirmations, file, waiting })
    }

    pub(crate) fn is_waiting_for(&self, wallet: &Wallet) -> bool {
        self.waiting.iter().any(|deposit| deposit.owner_address() == wallet.address())
    }

    /// Sends `winston` from `wallet` to the locker.
    pub(crate) async fn send(&mut self, wallet: &Wallet, winston: u128) -> Result<(), Fault> {
        let balance = self.gateway.balance(&wallet.address()).await.map_err(gateway_fault)?;
        if balance.0 < winston + REWARD {
            self.control.mint(&wallet.address().to_string(), GRANT).await?;
        }
        let mut deposit = arweave::Transaction::transfer(self.locker, Winston(winston));
        deposit.last_tx = self.gateway.anchor().await.map_err(gateway_fault)?;
        deposit.reward = Winston(REWARD);
        deposit.sign(wallet);
        self.waiting.push(deposit.clone());
        self.save()?;
        self.gateway.post(&deposit).await.map(drop).map_err(gateway_fault)
    }

    /// Mints what is deep enough; posts again what the gateway does not know (a run that ended between disk and network).
    pub(crate) async fn mint_ready(
        &mut self,
        api: &Api,
        payments: &Payments,
        signer: &Payer,
        nonces: &mut Nonces,
    ) -> Result<(), Fault> {
        let mut index = 0;
        while index < self.waiting.len() {
            let deposit = &self.waiting[index];
            let settled = match self.gateway.status(&deposit.id).await.map_err(gateway_fault)? {
                Status::Confirmed { confirmations, .. } if confirmations >= self.confirmations => {
                    minted(api.post(&payments.mint(signer, deposit, nonces.fresh())).await)?
                }
                Status::Confirmed { .. } | Status::Pending => false,
                Status::NotFound => {
                    // Refused for good (an anchor that is too old, say): a new deposit will be made.
                    self.gateway.post(deposit).await.is_err_and(|fault| !fault.is_transient())
                }
            };
            if settled {
                self.waiting.remove(index);
                self.save()?;
            } else {
                index += 1;
            }
        }
        Ok(())
    }

    fn save(&self) -> Result<(), Fault> {
        let texts: Vec<serde_json::Value> = self
            .waiting
            .iter()
            .map(|deposit| serde_json::from_slice(&deposit.to_json()).expect("a transaction was just written as JSON"))
            .collect();
        folder::write_json(&self.file, &texts)
    }
}

/// Whether the matter is settled: minted now, or already by an earlier run.
fn minted(posted: Result<(), NotPosted>) -> Result<bool, Fault> {
    match posted {
        Ok(()) => Ok(true),
        Err(NotPosted::Refused { code, .. }) if code == "err_tx_minted" => Ok(true),
        Err(other) => Err(Fault::service("coordinator")(format!("a mint was {other}"))),
    }
}

fn gateway_fault(fault: GatewayError) -> Fault {
    Fault::service("Arweave gateway")(fault.to_string())
}
