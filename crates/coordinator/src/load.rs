//! From what is on disk to the ledger in memory.

use crate::error::StartError;
use crate::serial::{OpenBatch, body_bytes};
use crate::shared::State;
use everpay::{
    Account, AccountId, Amount, EverHash, Ledger, MintFingerprint, Minted, Rules, Snapshot, TokenIndex, TokenRecord,
    TokenState, TokenTag,
};
use std::path::Path;
use store::pool::{Pool, TokenRow};
use store::sqlite::StoreError;

/// Stands for a root that was stored in an older format. The tree of no ledger is empty, so that no root is zero.
pub(crate) const UNKNOWN_ROOT: [u8; 32] = [0; 32];

/// Pins owner and rules at the first start; refuses others later.
pub(crate) async fn pin(pool: &Pool, data_dir: &Path, rules: &Rules) -> Result<(), StartError> {
    let fault = |source| StartError::Store { path: data_dir.to_owned(), source };
    let damaged = |what: String| StartError::Damaged { path: data_dir.to_owned(), what };
    match pool.identity().await.map_err(fault)? {
        None => {
            let text = serde_json::to_string(rules).map_err(|error| damaged(error.to_string()))?;
            let empty = Ledger::new(rules.clone()).root();
            pool.pin(&rules.owner, &text, empty.as_bytes()).await.map_err(fault)
        }
        Some((_, text)) => {
            let pinned: Rules = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
            if pinned == *rules { Ok(()) } else { Err(StartError::OtherRules { path: data_dir.to_owned() }) }
        }
    }
}

/// The ledger after the last acknowledged item, and the batch that was being filled.
pub(crate) async fn load(pool: &Pool, data_dir: &Path, rules: &Rules) -> Result<(State, OpenBatch), StartError> {
    let fault = |source| StartError::Store { path: data_dir.to_owned(), source };
    let damaged = |what: String| StartError::Damaged { path: data_dir.to_owned(), what };
    let head = pool.head().await.map_err(fault)?;
    let snapshot = snapshot(pool, head.raw_id).await.map_err(fault)?;
    let ledger = Ledger::load(rules.clone(), snapshot).map_err(|error| damaged(error.to_string()))?;
    if head.state_root == UNKNOWN_ROOT {
        pool.set_root(ledger.root().as_bytes()).await.map_err(fault)?;
    } else if ledger.root().as_bytes() != &head.state_root {
        return Err(damaged("the state on disk does not have the root that was stored with it".to_owned()));
    }
    let last = pool.items_between(head.raw_id.saturating_sub(1), head.raw_id).await.map_err(fault)?.pop();
    let ever_hash = last.map(|item| EverHash::new(item.ever_hash));
    let open = open_batch(pool, head.raw_id).await.map_err(fault)?;
    Ok((State { ledger, raw_id: head.raw_id, ever_hash }, open))
}

type StoredSnapshot = Snapshot<Vec<(AccountId, Account)>, Vec<Minted>>;

async fn snapshot(pool: &Pool, applied: u64) -> Result<StoredSnapshot, StoreError> {
    let accounts =
        pool.accounts().await?.into_iter().map(|(id, body)| account(&id, &body)).collect::<Result<_, _>>()?;
    Ok(Snapshot {
        accounts,
        tokens: pool.tokens().await?.into_iter().map(token).collect(),
        mints: pool.mints().await?.into_iter().map(minted).collect(),
        applied,
    })
}

fn account(id: &str, body: &[u8]) -> Result<(AccountId, Account), StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("account {id}: {what}"));
    let parsed = AccountId::parse(id).map_err(|_| damaged("not an account id"))?;
    let account = Account::decode(body).map_err(|_| damaged("its body cannot be read"))?;
    Ok((parsed, account))
}

fn minted((tag, deposit): (String, String)) -> Minted {
    Minted { tag: TokenTag::from_text(&tag), deposit: MintFingerprint::from_text(deposit) }
}

fn token(row: TokenRow) -> TokenRecord {
    TokenRecord {
        tag: TokenTag::from_text(&row.tag),
        index: TokenIndex::new(row.place),
        state: TokenState { chain_id: row.chain_id, supply: Amount::from_be_bytes(row.supply) },
    }
}

async fn open_batch(pool: &Pool, head: u64) -> Result<OpenBatch, StoreError> {
    let marked = pool.last_mark().await?.map_or(0, |mark| mark.last_raw_id);
    let mut open = OpenBatch::default();
    for item in pool.items_between(marked, head).await? {
        if open.items == 0 {
            open.since_ms = item.accepted_ms;
        }
        open.items += 1;
        open.bytes += body_bytes(item.tx_data.len());
    }
    Ok(open)
}
