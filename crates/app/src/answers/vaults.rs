//! What is said about the vaults' chains and what came into them.

use std::cmp::Reverse;
use std::time::Duration;

use detector::model::MintRef;
use everpay::{Rules, TokenTag};
use vault_evm::watch::{DepositFilter, DepositInfo, PostError, WatchView};

use super::{Answer, Answers, fault};
use crate::api::{CommandError, DepositPage, DepositsRequest, PostMintRequest, Posted, VaultChain, VaultChains};
use crate::watchers::Watched;
use crate::{door, map};

/// Nodes and the coordinator get this long together when a mint is handed in.
const POST_TIME: Duration = Duration::from_secs(60);

impl Answers<'_> {
    pub(crate) fn vault_chains(&self) -> VaultChains {
        let pinned = self.view.rules();
        let rules = pinned.as_deref().unwrap_or(&self.file.rules);
        let halts: Vec<_> = self.view.solvency().halts.iter().map(map::halt).collect();
        let chains = rules.lockers.iter();
        VaultChains {
            chains: chains.map(|(chain, locker)| self.chain(chain, locker, rules).halted_by(&halts)).collect(),
        }
    }

    fn chain(&self, name: &str, locker: &str, rules: &Rules) -> VaultChain {
        let needed = self.file.deposit_confirmations.get(name).copied();
        let needed = needed.unwrap_or(detector::DEPOSIT_CONFIRMATIONS_DEFAULT);
        let chain = map::vault_chain(name, locker, rules, needed);
        let Some(evm) = self.file.evm.get(name) else { return chain };
        let chain = chain.reached_by(evm);
        match self.watchers.of(name) {
            Some(Watched::Open(view)) => chain.seen_by(&view.state()),
            Some(Watched::Failed) => chain.failed(),
            Some(Watched::Opening) | None => chain,
        }
    }

    pub(crate) async fn deposits(&self, request: &DepositsRequest) -> Answer<DepositPage> {
        let limit = door::rows(request.limit)?;
        let before = door::row_cursor(request.cursor.as_deref())?;
        let account = request.account.as_deref().map(door::account).transpose()?;
        let watchers = match request.chain.as_deref() {
            Some(chain) => vec![self.watcher(door::text(chain)?)?],
            None => self.open_watchers()?,
        };
        let mut pages = Vec::with_capacity(watchers.len());
        for watcher in watchers {
            let filter = DepositFilter { account, stranded: request.stranded };
            let page = watcher.deposits(filter, before, request.limit).await.map_err(fault)?;
            pages.push((page.rows, page.next));
        }
        let (deposits, next) = newest(pages, limit);
        let mut rows = Vec::with_capacity(deposits.len());
        for deposit in &deposits {
            let mint = self.mint(deposit).await?;
            rows.push(map::deposit_row(deposit, mint.as_ref(), self.file.coordinator.is_some()));
        }
        Ok(DepositPage { rows, cursor: next.map(|id| id.to_string()) })
    }

    /// What the verified ledger has for a deposit.
    async fn mint(&self, deposit: &DepositInfo) -> Answer<Option<MintRef>> {
        let Some(tag) = &deposit.tag else { return Ok(None) };
        self.view.mint_of(&TokenTag::from_text(tag), &deposit.tx).await.map_err(fault)
    }

    fn watcher(&self, chain: &str) -> Answer<WatchView> {
        match self.watchers.of(chain) {
            Some(Watched::Open(view)) => Ok(view),
            other => Err(closed(other.as_ref())),
        }
    }

    /// Those that can answer. An error when there are some and none of them can.
    fn open_watchers(&self) -> Answer<Vec<WatchView>> {
        let all = self.watchers.all();
        let open: Vec<_> = all.iter().filter_map(|(_, watched)| watched.view().cloned()).collect();
        match all.first() {
            Some((_, first)) if open.is_empty() => Err(closed(Some(first))),
            _ => Ok(open),
        }
    }

    pub(crate) async fn post_mint(&self, request: &PostMintRequest) -> Answer<Posted> {
        let watcher = self.watcher(door::text(&request.chain)?)?;
        let (tx, token_id) = (door::text(&request.tx)?, door::text(&request.token_id)?);
        let posted = tokio::time::timeout(POST_TIME, watcher.post(tx, token_id))
            .await
            .map_err(|_| CommandError::new("unreachable", "no answer in time"))?;
        match posted {
            Ok(posted) => Ok(Posted { ever_hash: posted.ever_hash }),
            Err(PostError::Store(broken)) => Err(fault(broken)),
            // A refusal's own code stands in the row from now on.
            Err(refusal) => Err(CommandError::new(refusal.code(), &refusal)),
        }
    }
}

/// Why a chain's watcher cannot be asked.
fn closed(watched: Option<&Watched>) -> CommandError {
    match watched {
        None => CommandError::new("not_watched", "this chain is not watched from here"),
        Some(Watched::Failed) => CommandError::new("core_fault", "the deposit watcher has stopped"),
        Some(_) => CommandError::new("starting", "the deposit watcher is opening its data"),
    }
}

/// One page, newest first, of the pages of several chains, whose rows are numbered together; and where it ends. A chain
/// with more to tell hides what is older than its page: its own rows could lie between.
fn newest(pages: Vec<(Vec<DepositInfo>, Option<u64>)>, limit: usize) -> (Vec<DepositInfo>, Option<u64>) {
    let told = pages.iter().filter_map(|(_, next)| *next).max();
    let mut rows: Vec<_> = pages.into_iter().flat_map(|(rows, _)| rows).collect();
    rows.retain(|row| told.is_none_or(|told| row.id >= told));
    rows.sort_by_key(|row| Reverse(row.id));
    if rows.len() <= limit {
        return (rows, told);
    }
    rows.truncate(limit);
    let next = rows.last().map(|row| row.id);
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::example_deposit as row;

    fn ids((rows, next): (Vec<DepositInfo>, Option<u64>)) -> (Vec<u64>, Option<u64>) {
        (rows.iter().map(|row| row.id).collect(), next)
    }

    fn page(ids: &[u64], next: Option<u64>) -> (Vec<DepositInfo>, Option<u64>) {
        (ids.iter().map(|id| row(*id)).collect(), next)
    }

    #[test]
    fn pages_of_several_chains_are_one_page_newest_first() {
        assert_eq!(ids(newest(Vec::new(), 3)), (vec![], None));
        assert_eq!(ids(newest(vec![page(&[9, 4], None), page(&[7], None)], 3)), (vec![9, 7, 4], None));
        assert_eq!(ids(newest(vec![page(&[9, 4], None), page(&[7, 2], None)], 3)), (vec![9, 7, 4], Some(4)));
    }

    #[test]
    fn no_row_is_skipped_or_told_twice_however_chains_interleave() {
        let chains: [Vec<u64>; 3] = [vec![20, 19, 18, 3, 2], vec![17, 16, 1], vec![15, 10, 9, 8, 7, 6, 5, 4]];
        for limit in 1..=17 {
            let mut told = Vec::new();
            let mut before = None;
            loop {
                let pages = chains.iter().map(|chain| {
                    let rest: Vec<u64> = chain.iter().copied().filter(|id| before.is_none_or(|b| *id < b)).collect();
                    let shown = &rest[..rest.len().min(limit)];
                    page(shown, shown.last().copied().filter(|_| rest.len() > limit))
                });
                let (rows, next) = ids(newest(pages.collect(), limit));
                assert!(rows.len() <= limit && !rows.is_empty());
                told.extend(rows);
                before = next;
                if next.is_none() {
                    break;
                }
            }
            let mut all: Vec<u64> = chains.concat();
            all.sort_by_key(|id| Reverse(*id));
            assert_eq!(told, all, "{limit} at a time");
        }
    }
}
