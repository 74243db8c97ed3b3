//! Getting batches from the sources: the walk back from a head, the verified bytes, and the deposits behind mints.

use crate::alert::Alert;
use crate::prepare::{Fetched, Prepared, Static};
use crate::sources::Sources;
use arweave::gateway::{GatewayError, Status};
use arweave::{Address, ArweaveId, VerifiedHeader};
use everpay::Action;
use futures::future::try_join_all;
use oracle::{CheckPoint, Fault, MintFinding, Oracle};
use rollup::{Answer, Chain, Outcome, STEPS_MAX, Walk};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use store::ledger::LedgerStore;
use store::sqlite::StoreError;

/// Headers kept between the walk and the fetch; a longer way asks for the rest again.
const HEADERS_MAX: usize = 10_000;

/// Why the next batch cannot be had now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FetchStop {
    /// It is not in a block yet.
    NotMined,
    /// Something is wrong; shown as unfinished.
    Trouble { code: &'static str, subject: String },
}

/// Why a walk broke off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WalkStop {
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Walk(#[from] rollup::WalkError),
}

/// Fetches for one ledger.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher {
    sources: Arc<Sources>,
    owner: Address,
    tags: Arc<Vec<(String, String)>>,
    headers: Arc<Mutex<HashMap<ArweaveId, VerifiedHeader>>>,
}

impl Fetcher {
    pub(crate) fn new(sources: Arc<Sources>, owner: Address, tags: Vec<(String, String)>) -> Self {
        Self { sources, owner, tags: Arc::new(tags), headers: Arc::default() }
    }

    /// Walks back from `head` to what is processed, and tells how many batches it has found.
    pub(crate) async fn walk(
        &self,
        chain: &Chain,
        head: ArweaveId,
        source: usize,
        found: impl Fn(usize),
    ) -> Result<Outcome, WalkStop> {
        let mut walk = Walk::new(chain, head, STEPS_MAX);
        while let Some(id) = walk.next_query() {
            let answer = match self.sources.header(&id, source).await? {
                None => Answer::Missing,
                Some(header) => self.read(&id, header),
            };
            walk.answer(id, answer)?;
            found(walk.found());
        }
        Ok(walk.finish()?)
    }

    /// The owner's batches must carry the required tags; whatever else the chain names is judged later as foreign.
    fn read(&self, id: &ArweaveId, header: VerifiedHeader) -> Answer {
        let Ok(tags) = rollup::parse_tags(header.tags()) else { return Answer::NotABatch };
        if header.owner() == self.owner && rollup::require(header.tags(), &self.tags).is_err() {
            return Answer::NotABatch;
        }
        if let Ok(mut headers) = self.headers.lock()
            && headers.len() < HEADERS_MAX
        {
            headers.insert(*id, header);
        }
        Answer::Batch { parent: tags.parent }
    }

    /// Height of a mined transaction.
    pub(crate) async fn height(&self, id: &ArweaveId, source: usize) -> Option<u64> {
        match self.sources.status(id, source).await {
            Ok(Status::Confirmed { height, .. }) => Some(height),
            _ => None,
        }
    }

    /// A batch with everything checked that can be checked without the ledger, and alerts about lying sources.
    pub(crate) async fn fetch(
        &self,
        id: ArweaveId,
        source: usize,
        now_ms: u64,
    ) -> (Result<Fetched, FetchStop>, Vec<Alert>) {
        let header = match self.header(&id, source).await {
            Ok(header) => header,
            Err(stop) => return (Err(stop), Vec::new()),
        };
        let height = match self.sources.status(&id, source).await {
            Ok(Status::Confirmed { height, .. }) => height,
            Ok(Status::Pending | Status::NotFound) => {
                self.keep(header);
                return (Err(FetchStop::NotMined), Vec::new());
            }
            Err(error) => return (Err(trouble("no_source", &error)), Vec::new()),
        };
        let block_time_ms = match self.sources.block_time_ms(height, source).await {
            Ok(time) => time,
            Err(error) => return (Err(trouble("no_source", &error)), Vec::new()),
        };
        let (data, alerts) = self.sources.data(&header, source, now_ms).await;
        let fetched = match data {
            Ok(data) => Ok(fetched(&header, height, block_time_ms, now_ms, data)),
            Err(GatewayError::Altered { .. }) => Err(FetchStop::Trouble { code: "altered", subject: id.to_string() }),
            Err(error) => Err(trouble("no_data", &error)),
        };
        (fetched, alerts)
    }

    async fn header(&self, id: &ArweaveId, source: usize) -> Result<VerifiedHeader, FetchStop> {
        if let Some(header) = self.headers.lock().ok().and_then(|mut headers| headers.remove(id)) {
            return Ok(header);
        }
        match self.sources.header(id, source).await {
            Ok(Some(header)) => Ok(header),
            Ok(None) => Err(FetchStop::Trouble { code: "gap", subject: id.to_string() }),
            Err(error) => Err(trouble("no_source", &error)),
        }
    }

    fn keep(&self, header: VerifiedHeader) {
        if let Ok(mut headers) = self.headers.lock() {
            headers.insert(header.id(), header);
        }
    }

    /// What the oracle finds for every mint of a batch, by item index; findings stored earlier are taken as they are.
    pub(crate) async fn findings(
        &self,
        oracle: &Oracle,
        store: &LedgerStore,
        prepared: &Prepared,
    ) -> Result<BTreeMap<usize, MintFinding>, Box<dyn std::error::Error + Send + Sync>> {
        let at = CheckPoint::AtBatch { height: prepared.batch.height, time_ms: prepared.batch.block_time_ms };
        let batch = prepared.batch.id.to_string();
        let asked = prepared.items.iter().enumerate().filter_map(|(index, item)| match &item.checked {
            Static::Sound(checked) if checked.action == Action::Mint => Some((index, checked)),
            _ => None,
        });
        let asked = asked.map(|(index, checked)| {
            let batch = &batch;
            async move {
                let stored = store.finding(batch, index as u64 + 1).await?;
                let finding = match stored.and_then(|text| serde_json::from_str(&text).ok()) {
                    // What could not be checked then may be checkable by now.
                    Some(finding @ (MintFinding::Verified { .. } | MintFinding::Refuted { .. })) => finding,
                    Some(MintFinding::NotCheckable { .. }) | None => {
                        oracle.check(checked, at).await.map_err(Box::<Fault>::new)?
                    }
                };
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>((index, finding))
            }
        });
        Ok(try_join_all(asked).await?.into_iter().collect())
    }

    /// Item ids of settled batches, in their order.
    pub(crate) async fn settled_items(
        &self,
        store: &LedgerStore,
        batches: &[ArweaveId],
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut ids = Vec::new();
        for id in batches {
            let Some(body) = store.body_of(&id.to_string()).await? else { continue };
            let items = rollup::parse(&body).map_err(|error| StoreError::Damaged(format!("batch {id}: {error}")))?;
            ids.extend(items.into_iter().map(|item| item.tx_id));
        }
        Ok(ids)
    }
}

fn trouble(code: &'static str, error: &GatewayError) -> FetchStop {
    FetchStop::Trouble { code, subject: error.to_string() }
}

fn fetched(header: &VerifiedHeader, height: u64, block_time_ms: u64, seen_ms: u64, data: Vec<u8>) -> Fetched {
    Fetched {
        id: header.id(),
        parent: rollup::parse_tags(header.tags()).ok().and_then(|tags| tags.parent),
        owner: header.owner(),
        height,
        block_time_ms,
        seen_ms,
        header: header.transaction().to_json(),
        data: Arc::new(data),
    }
}
