//! The answer to each command, from the read handles of the detector and the watchers. Nothing here waits for the network
//! except the coordinator's claims about balances, for a moment, and handing in a mint, within a minute.

mod solvency;
mod vaults;

use std::collections::HashMap;
use std::time::Duration;

use detector::View;
use detector::model::{AccountInfo, TransactionFilter};
use everpay::{AccountId, Amount, TokenTag};
use oracle::network::NetworkFile;

use crate::api::{
    AccountView, AlertDetail, AlertList, BalanceView, BatchPage, CommandError, HashRequest, NetworkView, PageRequest,
    RecentAccounts, SearchReply, TransactionDetail, TransactionPage, TransactionsRequest,
};
use crate::watchers::Watchers;
use crate::{door, map};

/// The coordinator gets this long to say what it claims; the page shows the rest without it.
const CLAIM_TIME: Duration = Duration::from_millis(1_500);
/// Batches looked through for an id.
const SEARCH_PAGES: usize = 5;
const SEARCH_ROWS: usize = 200;

type Answer<T> = Result<T, CommandError>;

/// Answers from one view.
pub(crate) struct Answers<'a> {
    pub(crate) view: &'a View,
    pub(crate) file: &'a NetworkFile,
    pub(crate) watchers: &'a Watchers,
}

fn fault(fault: impl std::fmt::Display) -> CommandError {
    CommandError::new("core_fault", fault)
}

fn not_found(what: &str) -> CommandError {
    CommandError::new("not_found", what)
}

impl Answers<'_> {
    pub(crate) fn network(&self) -> NetworkView {
        let rules = self.view.rules();
        map::network(self.file, rules.as_deref().unwrap_or(&self.file.rules), &self.view.supply())
    }

    pub(crate) async fn balances(&self, text: &str) -> Answer<AccountView> {
        let id = door::account(text)?;
        let claimed = self.claimed(&id).await;
        Ok(self.account(&self.view.account(&id), claimed.as_ref()))
    }

    /// What the coordinator says; None when it does not answer in time or is known to be silent.
    async fn claimed(&self, id: &AccountId) -> Option<HashMap<TokenTag, Amount>> {
        if self.view.status().coordinator.is_none_or(|said| said.silent) {
            return None;
        }
        let asked = tokio::time::timeout(CLAIM_TIME, self.view.claimed_balances(id)).await;
        Some(asked.ok()??.into_iter().collect())
    }

    fn account(&self, info: &AccountInfo, claimed: Option<&HashMap<TokenTag, Amount>>) -> AccountView {
        let rules = self.view.rules();
        // What is claimed and not known here is shown as well: as zero here.
        let known = |tag: &TokenTag| info.balances.iter().any(|(own, _, _)| own == tag);
        let mut only_claimed: Vec<_> = claimed
            .into_iter()
            .flatten()
            .filter(|(tag, amount)| !amount.is_zero() && !known(tag))
            .map(|(tag, _)| (tag.clone(), Amount::ZERO, Amount::ZERO))
            .collect();
        only_claimed.sort_by(|a, b| a.0.cmp(&b.0));
        let balances = info.balances.iter().chain(&only_claimed).map(|(tag, amount, confirmed)| {
            let (symbol, decimals) = map::token_names(rules.as_deref(), tag);
            BalanceView {
                tag: tag.to_string(),
                symbol,
                decimals,
                amount: amount.to_string(),
                confirmed: confirmed.to_string(),
                claimed: claimed.map(|all| all.get(tag).copied().unwrap_or(Amount::ZERO).to_string()),
            }
        });
        AccountView {
            account: info.id.to_string(),
            kind: info.id.kind().as_str().to_owned(),
            nonce: info.nonce.map(|nonce| nonce.to_string()),
            balances: balances.collect(),
            as_of_batch: info.as_of_batch,
            state_root: info.state_root.clone(),
        }
    }

    pub(crate) fn recent_accounts(&self, page: &PageRequest) -> Answer<RecentAccounts> {
        let limit = door::rows(page.limit)?;
        let accounts = self.view.recent_accounts(limit).iter().map(ToString::to_string).collect();
        Ok(RecentAccounts { accounts })
    }

    pub(crate) async fn transactions(&self, request: &TransactionsRequest) -> Answer<TransactionPage> {
        let filter = TransactionFilter {
            before: door::position(request.cursor.as_deref())?,
            limit: door::rows(request.limit)?,
            account: request.account.as_deref().map(door::account).transpose()?,
            action: request.action.as_deref().map(|action| door::text(action).map(str::to_owned)).transpose()?,
            verdict: request.verdict.map(map::verdict_kind),
        };
        let list = self.view.transactions(&filter).await.map_err(fault)?;
        let rules = self.view.rules();
        Ok(TransactionPage {
            rows: list.rows.iter().map(|info| map::transaction_row(info, rules.as_deref())).collect(),
            cursor: list.next.map(door::cursor),
            total: list.total,
        })
    }

    pub(crate) async fn transaction(&self, request: &HashRequest) -> Answer<TransactionDetail> {
        let hash = door::ever_hash(&request.ever_hash)?;
        let info =
            self.view.transaction(&hash).await.map_err(fault)?.ok_or_else(|| not_found("no such transaction"))?;
        let mut alerts = self.view.alerts().into_iter();
        let alert = alerts
            .find(|alert| alert.place.ever_hash.as_deref() == Some(info.ever_hash.as_str()))
            .map(|alert| alert.key);
        let (rules, tip) = (self.view.rules(), self.view.status().tip);
        map::transaction_detail(&info, rules.as_deref(), &self.file.owner, tip, alert)
            .ok_or_else(|| not_found("this item is no transaction"))
    }

    pub(crate) async fn batches(&self, page: &PageRequest) -> Answer<BatchPage> {
        let (before, limit) = (door::batch_cursor(page)?, door::rows(page.limit)?);
        let batches = self.view.batches(before, limit).await.map_err(fault)?;
        let tip = self.view.status().tip;
        let last = batches.last().map(|batch| batch.number).filter(|number| *number > 1);
        Ok(BatchPage {
            cursor: last.filter(|_| batches.len() == limit).map(|number| number.to_string()),
            rows: batches.iter().map(|batch| map::batch_row(batch, tip)).collect(),
        })
    }

    pub(crate) fn alerts(&self) -> AlertList {
        AlertList { rows: self.view.alerts().iter().map(map::alert_row).collect() }
    }

    pub(crate) fn alert(&self, key: &str) -> Answer<AlertDetail> {
        let alert = self.view.alert(door::text(key)?);
        alert.as_ref().map(map::alert_detail).ok_or_else(|| not_found("no such alert"))
    }

    pub(crate) async fn acknowledge(&self, key: &str) -> Answer<AlertDetail> {
        let alert = self.view.acknowledge(door::text(key)?).await.map_err(fault)?;
        alert.as_ref().map(map::alert_detail).ok_or_else(|| not_found("no such alert"))
    }

    /// What a text names: a batch by number or id, a transaction, an account; in this order, since an Arweave id may be
    /// read as an account, too.
    pub(crate) async fn search(&self, text: &str) -> Answer<SearchReply> {
        let text = door::text(text)?.trim();
        let reply = |kind: &str, id: String| Ok(SearchReply { kind: kind.to_owned(), id });
        if let Some(number) = self.batch(text).await? {
            return reply("batch", number.to_string());
        }
        if let Ok(hash) = door::ever_hash(text) {
            let known = self.view.transaction(&hash).await.map_err(fault)?.is_some();
            return if known { reply("transaction", hash.to_string()) } else { reply("nothing", String::new()) };
        }
        match AccountId::parse(text) {
            Ok(id) => reply("account", id.to_string()),
            Err(_) => reply("nothing", String::new()),
        }
    }

    async fn batch(&self, text: &str) -> Answer<Option<u64>> {
        if let Ok(number) = text.replace(',', "").parse::<u64>() {
            let exists = (1..=self.view.status().batches).contains(&number);
            return Ok(exists.then_some(number));
        }
        if text.parse::<arweave::ArweaveId>().is_err() {
            return Ok(None);
        }
        let mut before = None;
        for _ in 0..SEARCH_PAGES {
            let page = self.view.batches(before, SEARCH_ROWS).await.map_err(fault)?;
            if let Some(found) = page.iter().find(|batch| batch.id == text) {
                return Ok(Some(found.number));
            }
            match page.last() {
                Some(last) if page.len() == SEARCH_ROWS => before = Some(last.number),
                _ => break,
            }
        }
        Ok(None)
    }
}
