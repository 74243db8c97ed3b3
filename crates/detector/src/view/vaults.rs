//! The read side of the vaults: solvency, burns, and which mint credited a deposit.

use super::View;
use crate::head::Head;
use crate::model::{BurnFilter, BurnInfo, BurnPage, BurnState, MintRef, Solvency};
use crate::vaults::rows;
use everpay::{AccountId, EverHash, Rules, TokenTag};
use store::ledger::{BurnQuery, BurnRow};
use store::sqlite::StoreError;

/// Burns on one page at most.
const PAGE_MAX: u32 = 500;

impl View {
    /// What the vaults hold beside what the ledger owes, as last compared.
    #[must_use]
    pub fn solvency(&self) -> Solvency {
        self.shared.solvency()
    }

    /// Burns that took effect, newest first, with an id below `before`.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn burns(&self, filter: &BurnFilter, before: Option<u64>, limit: u32) -> Result<BurnPage, StoreError> {
        let limit = limit.clamp(1, PAGE_MAX) as usize;
        let sender = filter.account.map(|account| account.to_string());
        let (mut rows, rules) = self.shared.read(|head| {
            let wanted = |row: &BurnRow| {
                before.is_none_or(|before| row.id < before)
                    && sender.as_ref().is_none_or(|sender| row.sender == *sender)
            };
            let fresh = head.overlay.iter().rev().flat_map(|batch| rows::burns(batch).into_iter().rev()).filter(wanted);
            let rows: Vec<(BurnRow, bool)> = fresh.take(limit + 1).map(|row| (row, false)).collect();
            (rows, rules(head))
        });
        if rows.len() <= limit {
            let query = BurnQuery {
                sender: sender.as_deref(),
                waiting_only: filter.waiting_only,
                // A batch that came to rest since the overlay was read is not shown twice.
                before: rows.last().map(|(row, _)| row.id).or(before),
                limit: u32::try_from(limit + 1 - rows.len()).unwrap_or(PAGE_MAX),
            };
            rows.extend(self.store.burns(&query).await?.into_iter().map(|row| (row, true)));
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        let rows: Vec<BurnInfo> =
            rows.iter().map(|(row, settled)| info(row, *settled, rules.as_ref())).collect::<Result<_, _>>()?;
        let next = rows.last().map(|row| row.id).filter(|_| more);
        Ok(BurnPage { rows, next })
    }

    /// The burn with this everHash, if it took effect.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn burn(&self, hash: &EverHash) -> Result<Option<BurnInfo>, StoreError> {
        let Some(found) = self.transaction(hash).await? else { return Ok(None) };
        let id = rows::burn_id(found.batch.number, found.item);
        let newest = self.burns(&BurnFilter::default(), Some(id + 1), 1).await?.rows.pop();
        Ok(newest.filter(|burn| burn.id == id && burn.ever_hash == found.ever_hash))
    }

    /// The mint that credited a deposit (named by its fingerprint, as `everpay::MintFingerprint` spells it) in a token.
    ///
    /// # Errors
    /// The database fails.
    pub async fn mint_of(&self, tag: &TokenTag, fingerprint: &str) -> Result<Option<MintRef>, StoreError> {
        let fresh = self.shared.read(|head| {
            head.overlay.iter().find_map(|batch| {
                let mint =
                    rows::mints(batch).into_iter().find(|m| m.fingerprint == fingerprint && m.tag == tag.as_str())?;
                Some(MintRef { ever_hash: mint.ever_hash, batch: batch.number, settled: false })
            })
        });
        if fresh.is_some() {
            return Ok(fresh);
        }
        let settled = self.store.mint_of(tag.as_str(), fingerprint).await?;
        Ok(settled.map(|(ever_hash, batch)| MintRef { ever_hash, batch, settled: true }))
    }
}

fn rules(head: &Head) -> Option<Rules> {
    head.ledger.as_ref().map(|ledger| ledger.rules().clone())
}

fn info(row: &BurnRow, settled: bool, rules: Option<&Rules>) -> Result<BurnInfo, StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("burn {}: {what}", row.ever_hash));
    let tag = TokenTag::from_text(&row.tag);
    let spec = rules.and_then(|rules| rules.token(&tag));
    Ok(BurnInfo {
        id: row.id,
        ever_hash: row.ever_hash.clone(),
        symbol: spec.map_or_else(|| symbol_of(&tag), |spec| spec.symbol.clone()),
        decimals: spec.map(|spec| spec.decimals),
        chain: row.chain.clone(),
        from: AccountId::parse(&row.sender).map_err(|_| damaged("its sender is no account"))?,
        to: row.recipient.clone(),
        amount: row.amount.parse().map_err(|_| damaged("its amount is no number"))?,
        fee: row.fee.parse().map_err(|_| damaged("its fee is no number"))?,
        batch: row.batch,
        time_ms: row.time_ms,
        settled,
        state: if row.paid_height.is_some() { BurnState::Paid } else { BurnState::Waiting },
        paid_height: row.paid_height,
        tag,
    })
}

fn symbol_of(tag: &TokenTag) -> String {
    tag.parts().get(1).map_or_else(String::new, |symbol| symbol.to_uppercase())
}
