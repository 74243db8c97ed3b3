//! The gateways: asking all of them, and counting who agrees. One source alone is believed only when configured so.
//!
//! Being behind is lag; naming another block for a batch that is deep is disagreement, which blocks settling and is shown
//! with the name of who differs. Data need no agreement: they are checked against the batch's own hash.

use crate::alert::{Alert, Link, Place, Rule, Severity, param};
use crate::model::{SourceState, SourceStatus};
use arweave::gateway::{Gateway, GatewayError, Status};
use arweave::{Address, ArweaveId, VerifiedHeader};
use futures::future::join_all;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// All gateways of one network.
#[derive(Debug)]
pub(crate) struct Sources {
    gateways: Vec<Gateway>,
    states: Mutex<Vec<SourceStatus>>,
    /// Sources that must agree before a batch is settled.
    pub(crate) needed: usize,
}

/// What one gateway says about the chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) source: usize,
    pub(crate) height: u64,
    /// The owner's newest transaction.
    pub(crate) head: Option<ArweaveId>,
}

/// What all gateways together say about one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// Enough of them have it at this height, deep enough.
    Deep,
    /// Not yet; nobody contradicts.
    Waiting,
    /// Somebody who has seen enough blocks names another block or none.
    Disagreement,
    /// No source has it.
    Gone,
}

/// Longest wait for the answer of one source in a poll; a slow one must not hold up the others.
const POLL_MAX: Duration = Duration::from_secs(8);

impl Sources {
    pub(crate) fn new(gateways: Vec<Gateway>, needed: usize) -> Self {
        let states = gateways
            .iter()
            .map(|gateway| SourceStatus {
                url: gateway.url().to_string(),
                state: SourceState::Unknown,
                height: None,
                latency_ms: None,
                seen_ms: None,
            })
            .collect();
        Self { gateways, states: Mutex::new(states), needed }
    }

    /// Asks every source for its height and the owner's newest transaction.
    pub(crate) async fn poll(&self, owner: &Address, now_ms: u64) -> Vec<Answer> {
        let asked = self.gateways.iter().enumerate().map(|(source, gateway)| async move {
            let started = Instant::now();
            let answer = tokio::time::timeout(POLL_MAX, async {
                let info = gateway.info().await?;
                Ok::<_, GatewayError>((info.height, gateway.last_tx(owner).await?))
            })
            .await;
            (source, started.elapsed(), answer)
        });
        let mut answers = Vec::new();
        for (source, took, answer) in join_all(asked).await {
            match answer {
                Ok(Ok((height, head))) => {
                    self.update(source, |state| {
                        state.height = Some(height);
                        state.latency_ms = u64::try_from(took.as_millis()).ok();
                        state.seen_ms = Some(now_ms);
                    });
                    answers.push(Answer { source, height, head });
                }
                Ok(Err(error)) => {
                    tracing::debug!(source = %self.gateways[source].url(), %error, "source does not answer");
                    self.set(source, SourceState::Unreachable);
                }
                Err(_) => self.set(source, SourceState::Unreachable),
            }
        }
        answers
    }

    pub(crate) fn set(&self, source: usize, to: SourceState) {
        self.update(source, |state| state.state = to);
    }

    fn update(&self, source: usize, with: impl FnOnce(&mut SourceStatus)) {
        if let Some(state) = self.states.lock().ok().as_mut().and_then(|states| states.get_mut(source)) {
            with(state);
        }
    }

    pub(crate) fn statuses(&self) -> Vec<SourceStatus> {
        self.states.lock().map(|states| states.clone()).unwrap_or_default()
    }

    /// The verified header of a transaction from the first source that has it, `preferred` first. `None`: no source that
    /// answered has it, and at least one answered.
    ///
    /// # Errors
    /// No source could be asked.
    pub(crate) async fn header(
        &self,
        id: &ArweaveId,
        preferred: usize,
    ) -> Result<Option<VerifiedHeader>, GatewayError> {
        let mut fault = None;
        let mut absent = false;
        for gateway in self.in_order(preferred) {
            match gateway.tx(id).await {
                Ok(Some(header)) => return Ok(Some(header)),
                Ok(None) => absent = true,
                Err(error) => fault = Some(error),
            }
        }
        match fault {
            Some(error) if !absent => Err(error),
            _ => Ok(None),
        }
    }

    /// Data of a batch from the first source that has the right bytes, with an alert for each that served others.
    pub(crate) async fn data(
        &self,
        header: &VerifiedHeader,
        preferred: usize,
        now_ms: u64,
    ) -> (Result<Vec<u8>, GatewayError>, Vec<Alert>) {
        let mut alerts = Vec::new();
        let mut fault = GatewayError::NotFound;
        for (source, gateway) in self.in_order_numbered(preferred) {
            match gateway.data(header).await {
                Ok(data) => return (Ok(data), alerts),
                Err(error) => {
                    if matches!(error, GatewayError::Altered { .. }) {
                        self.set(source, SourceState::Altered);
                        alerts.push(altered(&header.id(), gateway.url().as_str(), &error, now_ms));
                    }
                    fault = error;
                }
            }
        }
        (Err(fault), alerts)
    }

    /// Where the first source that knows has the transaction.
    pub(crate) async fn status(&self, id: &ArweaveId, preferred: usize) -> Result<Status, GatewayError> {
        let mut best = Ok(Status::NotFound);
        for gateway in self.in_order(preferred) {
            match gateway.status(id).await {
                Ok(found @ Status::Confirmed { .. }) => return Ok(found),
                Ok(Status::Pending) => best = Ok(Status::Pending),
                Ok(Status::NotFound) => {}
                Err(error) => best = best.and(Err(error)),
            }
        }
        best
    }

    /// Time of a block in Unix ms, from the first source that knows.
    pub(crate) async fn block_time_ms(&self, height: u64, preferred: usize) -> Result<u64, GatewayError> {
        let mut fault = GatewayError::NotFound;
        for gateway in self.in_order(preferred) {
            match gateway.block_time(height).await {
                Ok(seconds) => return Ok(seconds.saturating_mul(1_000)),
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    /// Whether enough sources have batch `id` in block `height`, `depth` blocks deep.
    pub(crate) async fn agreement(&self, id: &ArweaveId, height: u64, depth: u64) -> Agreement {
        let asked = join_all(self.gateways.iter().map(|gateway| gateway.status(id))).await;
        let states = self.statuses();
        let (mut deep, mut has, mut answered, mut differs) = (0, 0, 0, false);
        for (source, answer) in asked.into_iter().enumerate() {
            let Ok(status) = answer else { continue };
            answered += 1;
            let tip = states.get(source).and_then(|state| state.height).unwrap_or(0);
            match status {
                Status::Confirmed { height: there, confirmations } if there == height => {
                    has += 1;
                    deep += usize::from(confirmations >= depth);
                }
                Status::Confirmed { .. } => differs = true,
                Status::Pending | Status::NotFound if tip >= height + depth => differs = true,
                Status::Pending | Status::NotFound => {}
            }
            if differs && !matches!(status, Status::Confirmed { height: there, .. } if there == height) {
                self.set(source, SourceState::Disagrees);
            }
        }
        match (has, differs) {
            (0, _) if answered >= self.needed => Agreement::Gone,
            (_, true) => Agreement::Disagreement,
            _ if deep >= self.needed => Agreement::Deep,
            _ => Agreement::Waiting,
        }
    }

    fn in_order(&self, preferred: usize) -> impl Iterator<Item = &Gateway> {
        self.in_order_numbered(preferred).map(|(_, gateway)| gateway)
    }

    fn in_order_numbered(&self, preferred: usize) -> impl Iterator<Item = (usize, &Gateway)> {
        let count = self.gateways.len();
        (0..count).map(move |step| (preferred + step) % count).map(|index| (index, &self.gateways[index]))
    }

    pub(crate) fn gateway(&self, source: usize) -> &Gateway {
        &self.gateways[source]
    }
}

fn altered(id: &ArweaveId, source: &str, error: &GatewayError, now_ms: u64) -> Alert {
    let params = vec![param("source", source), param("batch", id), param("why", error)];
    Alert {
        key: format!("F8:{id}:{source}"),
        rule: Rule::F8,
        severity: Severity::Warning,
        code: "altered_data".to_owned(),
        place: Place { batch_id: id.to_string(), batch: None, item: None, ever_hash: None },
        raised_ms: now_ms,
        seen_ms: now_ms,
        provisional: false,
        acknowledged: false,
        closed: false,
        comparison: Vec::new(),
        evidence: vec![Link { code: "dataAltered".to_owned(), holds: false, params: params.clone() }],
        params,
        consequences: Vec::new(),
    }
}
