//! The keys of a devnet: made at its first start, found again later, readable by their owner only.
//!
//! This is play money on one machine, so the keys lie unencrypted; nothing outside a devnet may keep keys like this.

use std::path::{Path, PathBuf};

use arweave::Wallet;
use crypto::secp::EvmKey;
use everpay::{AccountId, Transaction};
use rand::RngCore;

use crate::error::Fault;
use crate::folder::{self, Folder};

/// EVM accounts that pay each other.
const EVM_ACCOUNTS: usize = 6;
/// Arweave accounts that pay and deposit.
const ARWEAVE_ACCOUNTS: usize = 2;
/// Owners of the lock contract on Ethereum.
const VAULT_OWNERS: usize = 3;
const OWNERS_FILE: &str = "vault-owners";

/// Every key of the devnet.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Signs the batches.
    pub(crate) coordinator: Wallet,
    /// Holds what was deposited.
    pub(crate) locker: Wallet,
    /// A stranger with money: what a cheating coordinator signs with.
    pub(crate) foreign: Wallet,
    /// Together they own the lock contract on Ethereum.
    pub(crate) vault_owners: Vec<EvmKey>,
    /// Accounts with activity; the Arweave accounts come first, they bring the money.
    pub(crate) payers: Vec<Payer>,
}

/// An account that signs payments.
#[derive(Debug, Clone)]
pub enum Payer {
    /// An EVM account.
    Evm(EvmKey),
    /// An Arweave account.
    Arweave(Box<Wallet>),
}

impl Payer {
    /// The account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        match self {
            Self::Evm(key) => AccountId::Evm(key.address()),
            Self::Arweave(wallet) => {
                let text = wallet.address().to_string();
                AccountId::parse(&text).expect("an Arweave address is an account id")
            }
        }
    }

    /// Signs `transaction` as the wallets of such accounts do.
    pub fn sign(&self, transaction: &mut Transaction) {
        match self {
            Self::Evm(key) => everpay::sign_evm(transaction, key),
            Self::Arweave(wallet) => transaction.sig = wallet.sign_message(transaction.message().as_bytes()),
        }
    }
}

/// Where a wallet of the devnet is kept.
pub(crate) fn wallet_path(folder: &Folder, name: &str) -> PathBuf {
    folder.path("keys").join(name).with_extension("json")
}

impl Keys {
    /// Loads the keys, making those that are missing. Slow at the first start: wallets are 4096-bit RSA keys.
    pub(crate) fn load_or_make(folder: &Folder) -> Result<Self, Fault> {
        let mut names = vec!["coordinator".to_owned(), "locker".to_owned(), "foreign".to_owned()];
        names.extend((1..=ARWEAVE_ACCOUNTS).map(|number| format!("account-{number}")));
        // Each key is a search for large primes: all cores at once.
        let mut wallets = std::thread::scope(|scope| {
            let made: Vec<_> = names.iter().map(|name| scope.spawn(|| wallet(&wallet_path(folder, name)))).collect();
            made.into_iter()
                .map(|thread| thread.join().expect("making a wallet does not panic"))
                .collect::<Result<Vec<_>, _>>()
        })?
        .into_iter();
        let mut next = || wallets.next().expect("as many wallets as names");
        let (coordinator, locker, foreign) = (next(), next(), next());
        let mut payers: Vec<_> = (0..ARWEAVE_ACCOUNTS).map(|_| Payer::Arweave(Box::new(next()))).collect();
        let keys = |name: &str, count| evm_keys(&wallet_path(folder, name), count);
        payers.extend(keys("evm", EVM_ACCOUNTS)?.into_iter().map(Payer::Evm));
        let vault_owners = keys(OWNERS_FILE, VAULT_OWNERS)?;
        Ok(Self { coordinator, locker, foreign, vault_owners, payers })
    }
}

/// The keys of the lock contract's owners, hex, as [`Keys::load_or_make`] keeps them: each is handed over to a watchman.
pub(crate) fn vault_owner_secrets(folder: &Folder) -> Result<Vec<String>, Fault> {
    let path = wallet_path(folder, OWNERS_FILE);
    let missing = || Fault::Content { path: path.clone(), reason: "no keys were made".to_owned() };
    folder::read_json(&path)?.ok_or_else(missing)
}

fn wallet(path: &Path) -> Result<Wallet, Fault> {
    let content = |fault: arweave::WalletError| Fault::Content { path: path.to_owned(), reason: fault.to_string() };
    if path.exists() {
        return Wallet::load(path).map_err(content);
    }
    let wallet = Wallet::generate(arweave::wallet::KEY_BITS).map_err(content)?;
    wallet.save(path).map_err(content)?;
    Ok(wallet)
}

fn evm_keys(path: &Path, count: usize) -> Result<Vec<EvmKey>, Fault> {
    let broken = || Fault::Content { path: path.to_owned(), reason: "not a list of EVM keys".to_owned() };
    let secrets: Vec<String> = match folder::read_json(path)? {
        Some(secrets) => secrets,
        None => {
            let secrets: Vec<_> = (0..count).map(|_| crypto::hexs::encode(&secret())).collect();
            folder::write_json(path, &secrets)?;
            secrets
        }
    };
    let key = |text: &String| EvmKey::from_bytes(&crypto::hexs::decode_array(text).ok()?).ok();
    secrets.iter().map(|text| key(text).ok_or_else(broken)).collect()
}

/// A random number; that it is zero or above the group order will not happen before the sun burns out.
fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
