//! Transactions: format 2 in full, format 1 for reading and verifying.
//!
//! What always holds: [`VerifiedHeader`] is the only proof of authenticity and can only be had by
//! [`Transaction::into_verified`]. The header of a format 2 transaction does not carry its data; the data is
//! bound by `data_root` and `data_size`, which the signature covers.
//! Source: section 13.4 of the everPay protocol notes; deep hash over
//! ["2", owner, target, quantity, reward, last_tx, tags, data_size, data_root].

mod json;

use crypto::sha256;

use crate::data_root::{self, Split};
use crate::deep_hash::{DeepHash, deep_hash};
use crate::ids::{Address, ArweaveId, Winston};
use crate::pss;
use crate::tags::Tag;
use crate::wallet::Wallet;

/// The two transaction formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Data inside the signed bytes. Read only.
    V1,
    /// Data bound by its root.
    V2,
}

/// A transaction as written, verified or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Which rules apply.
    pub format: Format,
    /// Claimed id: SHA-256 of the signature.
    pub id: ArweaveId,
    /// Anchor: a recent block's hash, the owner's previous transaction, or empty.
    pub last_tx: Vec<u8>,
    /// RSA modulus of the signer, big-endian; the exponent is 65537.
    pub owner: Vec<u8>,
    /// Tags in order.
    pub tags: Vec<Tag>,
    /// Who receives `quantity`.
    pub target: Option<Address>,
    /// Money sent.
    pub quantity: Winston,
    /// The data, if it is carried along.
    pub data: Vec<u8>,
    /// Length of the data in bytes.
    pub data_size: u64,
    /// Root over the data; `None` without data.
    pub data_root: Option<[u8; 32]>,
    /// Fee paid to the network.
    pub reward: Winston,
    /// RSA-PSS signature.
    pub signature: Vec<u8>,
}

/// Why a transaction is not what it says; in the order in which the rules are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TxError {
    /// The owner's key is shorter than 2048 or longer than 8192 bits.
    #[error("owner key has a length outside 2048 to 8192 bits")]
    OwnerLength,
    /// The id is not the hash of the signature.
    #[error("id is not the hash of the signature")]
    IdMismatch,
    /// The signature is not the owner's over this content.
    #[error("signature does not hold")]
    BadSignature,
    /// The data carried along has another length than the header says.
    #[error("data size differs from the header")]
    DataSizeMismatch,
    /// The data carried along has another root than the header says.
    #[error("data root differs from the header")]
    DataRootMismatch,
}

impl Transaction {
    /// An unsigned format 2 transaction that stores `data`.
    pub fn new_data(data: Vec<u8>, tags: Vec<Tag>) -> Self {
        let mut tx = Self::blank();
        tx.data_size = data.len() as u64;
        tx.data_root = data_root::root(&data, Split::Ceil);
        tx.data = data;
        tx.tags = tags;
        tx
    }

    /// An unsigned format 2 transaction that sends money.
    pub fn transfer(target: Address, quantity: Winston) -> Self {
        Self { target: Some(target), quantity, ..Self::blank() }
    }

    fn blank() -> Self {
        Self {
            format: Format::V2,
            id: ArweaveId::from_bytes([0; 32]),
            last_tx: Vec::new(),
            owner: Vec::new(),
            tags: Vec::new(),
            target: None,
            quantity: Winston::ZERO,
            data: Vec::new(),
            data_size: 0,
            data_root: None,
            reward: Winston::ZERO,
            signature: Vec::new(),
        }
    }

    /// Sets owner, signature and id. Set anchor and reward first: the signature covers them.
    pub fn sign(&mut self, wallet: &Wallet) {
        self.owner = wallet.owner().to_vec();
        self.signature = wallet.sign(&self.signing_bytes());
        self.id = self.hash_of_signature();
    }

    /// What the signature covers: the deep hash for format 2, the plain concatenation for format 1.
    pub fn signing_bytes(&self) -> Vec<u8> {
        let target = self.target.as_ref().map_or(&[][..], |address| address.as_bytes());
        let (quantity, reward) = (self.quantity.to_string(), self.reward.to_string());
        match self.format {
            Format::V1 => self.signing_bytes_v1(target, &quantity, &reward),
            Format::V2 => {
                let tags = self
                    .tags
                    .iter()
                    .map(|tag| DeepHash::List(vec![DeepHash::Blob(&tag.name), DeepHash::Blob(&tag.value)]));
                let size = self.data_size.to_string();
                deep_hash(&DeepHash::List(vec![
                    DeepHash::Blob(b"2"),
                    DeepHash::Blob(&self.owner),
                    DeepHash::Blob(target),
                    DeepHash::Blob(quantity.as_bytes()),
                    DeepHash::Blob(reward.as_bytes()),
                    DeepHash::Blob(&self.last_tx),
                    DeepHash::List(tags.collect()),
                    DeepHash::Blob(size.as_bytes()),
                    DeepHash::Blob(self.data_root.as_ref().map_or(&[], |root| root)),
                ]))
                .to_vec()
            }
        }
    }

    fn signing_bytes_v1(&self, target: &[u8], quantity: &str, reward: &str) -> Vec<u8> {
        let mut out = [&self.owner, target, &self.data, quantity.as_bytes(), reward.as_bytes(), &self.last_tx].concat();
        for tag in &self.tags {
            out.extend_from_slice(&tag.name);
            out.extend_from_slice(&tag.value);
        }
        out
    }

    /// The address of the owner.
    pub fn owner_address(&self) -> Address {
        Address::of_owner(&self.owner)
    }

    /// SHA-256 of the signature, which the id has to be.
    pub fn hash_of_signature(&self) -> ArweaveId {
        ArweaveId::from_bytes(sha256(&self.signature))
    }

    /// Whether the id is the hash of the signature.
    pub fn id_holds(&self) -> bool {
        self.id == self.hash_of_signature()
    }

    /// Whether the signature is the owner's over this content.
    pub fn signature_holds(&self) -> bool {
        pss::verify(&self.owner, &self.signing_bytes(), &self.signature)
    }

    /// Checks owner, id, signature, and the data if it is carried along.
    ///
    /// # Errors
    /// The first broken rule in the order of [`TxError`].
    pub fn verify(&self) -> Result<(), TxError> {
        if !pss::owner_len_ok(&self.owner) {
            return Err(TxError::OwnerLength);
        }
        if !self.id_holds() {
            return Err(TxError::IdMismatch);
        }
        if !self.signature_holds() {
            return Err(TxError::BadSignature);
        }
        match self.format {
            Format::V2 if !self.data.is_empty() => check_data(&self.data, self.data_size, self.data_root.as_ref()),
            Format::V1 | Format::V2 => Ok(()),
        }
    }

    /// Verifies the header. Data of format 2 carried along are dropped unseen: they are fetched and checked on
    /// their own.
    ///
    /// # Errors
    /// As [`Transaction::verify`].
    pub fn into_verified(mut self) -> Result<VerifiedHeader, TxError> {
        if self.format == Format::V2 {
            self.data = Vec::new();
        }
        self.verify()?;
        if self.format == Format::V1 {
            // The signature of format 1 covers the data; size and root are only remarks of the gateway.
            self.data_size = self.data.len() as u64;
            self.data_root = data_root::root(&self.data, Split::Ceil);
        }
        Ok(VerifiedHeader { owner: self.owner_address(), tx: self })
    }
}

/// Checks data against the size and root of a header.
///
/// # Errors
/// [`TxError::DataSizeMismatch`] or [`TxError::DataRootMismatch`].
pub fn check_data(data: &[u8], size: u64, root: Option<&[u8; 32]>) -> Result<(), TxError> {
    if data.len() as u64 != size {
        return Err(TxError::DataSizeMismatch);
    }
    let holds = match root {
        None => data.is_empty(),
        Some(root) => data_root::matches(data, root),
    };
    if holds { Ok(()) } else { Err(TxError::DataRootMismatch) }
}

/// A header whose id, owner and signature hold. Says nothing about being in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedHeader {
    owner: Address,
    tx: Transaction,
}

impl VerifiedHeader {
    /// The transaction id.
    pub fn id(&self) -> ArweaveId {
        self.tx.id
    }

    /// Address of the signer.
    pub fn owner(&self) -> Address {
        self.owner
    }

    /// Tags in order.
    pub fn tags(&self) -> &[Tag] {
        &self.tx.tags
    }

    /// Who receives [`quantity`](Self::quantity).
    pub fn target(&self) -> Option<Address> {
        self.tx.target
    }

    /// Money sent.
    pub fn quantity(&self) -> Winston {
        self.tx.quantity
    }

    /// Length of the data in bytes.
    pub fn data_size(&self) -> u64 {
        self.tx.data_size
    }

    /// Root over the data; `None` without data.
    pub fn data_root(&self) -> Option<&[u8; 32]> {
        self.tx.data_root.as_ref()
    }

    /// The transaction behind it, without the data of format 2. Its JSON is portable evidence.
    pub fn transaction(&self) -> &Transaction {
        &self.tx
    }

    /// Checks data that came from elsewhere against this header.
    ///
    /// # Errors
    /// As [`check_data`].
    pub fn check_data(&self, data: &[u8]) -> Result<(), TxError> {
        check_data(data, self.tx.data_size, self.tx.data_root.as_ref())
    }
}
