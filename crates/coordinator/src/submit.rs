//! A submission's way to the serial task: parsed and checked on all cores, its deposit looked up if it is a mint.
//!
//! Nothing here changes state. The serial task judges what needs the history and answers when it is on disk.

use crate::api::reply::ApiError;
use crate::shared::Shared;
use axum::body::Bytes;
use everpay::{Action, Checked, MintVerdict, Refusal, Transaction};
use oracle::{CheckPoint, MintFinding, RefutedWhy};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// A mint whose source chain takes longer is answered with a fault; it can be posted again.
const SOURCE_TIME_MAX: Duration = Duration::from_secs(20);

/// A transaction that passed everything but the ledger.
pub(crate) struct Submission {
    pub(crate) checked: Checked,
    /// The transaction as it will stand in a batch.
    pub(crate) tx_data: Vec<u8>,
    pub(crate) mint: MintVerdict,
    pub(crate) answer: oneshot::Sender<Result<(), SubmitError>>,
}

/// Why a submission was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubmitError {
    /// A rule is broken.
    Refused(Refusal),
    /// It could not be made durable; nothing was changed.
    NotStored,
}

/// Takes the body of `POST /tx` to an acknowledgement. An `Ok` is on disk.
pub(crate) async fn submit(shared: &Arc<Shared>, body: Bytes) -> Result<(), ApiError> {
    let (checked, tx_data) = check(shared, body).await?;
    let mint =
        if checked.action == Action::Mint { judged(shared, &checked, &tx_data).await? } else { MintVerdict::NotAMint };
    let (answer, answered) = oneshot::channel();
    shared.queue.try_send(Submission { checked, tx_data, mint, answer }).map_err(|error| match error {
        tokio::sync::mpsc::error::TrySendError::Full(_) => ApiError::BUSY,
        tokio::sync::mpsc::error::TrySendError::Closed(_) => ApiError::UNAVAILABLE,
    })?;
    match answered.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(SubmitError::Refused(refusal))) => Err(refusal.into()),
        // The serial task ended or could not write.
        Ok(Err(SubmitError::NotStored)) | Err(_) => Err(ApiError::UNAVAILABLE),
    }
}

async fn check(shared: &Arc<Shared>, body: Bytes) -> Result<(Checked, Vec<u8>), ApiError> {
    let _place = Arc::clone(&shared.check_places).acquire_owned().await.map_err(|_| ApiError::UNAVAILABLE)?;
    let worker = Arc::clone(shared);
    let result = tokio::task::spawn_blocking(move || {
        let tx = Transaction::from_json(&body).map_err(|_| ApiError::MALFORMED)?;
        let checked = worker.checker.check(tx, true).map_err(|rejected| ApiError::from(rejected.refusal))?;
        let tx_data = checked.tx.to_json().into_bytes();
        Ok((checked, tx_data))
    })
    .await;
    result.unwrap_or_else(|error| {
        tracing::error!(%error, "a check panicked");
        Err(ApiError::UNAVAILABLE)
    })
}

async fn judged(shared: &Arc<Shared>, mint: &Checked, tx_data: &[u8]) -> Result<MintVerdict, ApiError> {
    let verdict = deposit_verdict(shared, mint).await;
    if let (Err(error), Some(early)) = (&verdict, &shared.early)
        && *error == ApiError::MINT_NOT_CONFIRMED
    {
        early.keep(tx_data);
    }
    verdict
}

/// What the deposit of a mint comes to. The coordinator accepts nothing that it cannot check: only detectors, which find
/// such a mint in a batch, may apply it marked.
async fn deposit_verdict(shared: &Arc<Shared>, mint: &Checked) -> Result<MintVerdict, ApiError> {
    let _place = shared.mint_places.acquire().await.map_err(|_| ApiError::UNAVAILABLE)?;
    let asked = shared.oracle.check(mint, CheckPoint::Now);
    match tokio::time::timeout(SOURCE_TIME_MAX, asked).await {
        Ok(Ok(MintFinding::Verified { .. })) => Ok(MintVerdict::Verified),
        Ok(Ok(MintFinding::Refuted { reason, .. })) => Err(refused_deposit(reason)),
        Ok(Ok(MintFinding::NotCheckable { .. })) => Err(Refusal::InvalidMintTx.into()),
        Ok(Err(fault)) => {
            tracing::warn!(%fault, "a mint could not be judged");
            Err(ApiError::SOURCE_SILENT)
        }
        Err(_) => Err(ApiError::SOURCE_SILENT),
    }
}

fn refused_deposit(reason: RefutedWhy) -> ApiError {
    match reason {
        RefutedWhy::NotFound => ApiError::bad_request("err_not_found"),
        RefutedWhy::TooFewConfirmations => ApiError::MINT_NOT_CONFIRMED,
        RefutedWhy::Failed
        | RefutedWhy::WrongToken
        | RefutedWhy::WrongTarget
        | RefutedWhy::WrongSender
        | RefutedWhy::WrongAmount
        | RefutedWhy::Ambiguous => Refusal::InvalidMintTx.into(),
    }
}
