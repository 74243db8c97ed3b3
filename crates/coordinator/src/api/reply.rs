//! How the API answers: JSON, and `{"error":"err_…"}` with a status for every refusal and fault.

use axum::Json;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use everpay::Refusal;
use store::sqlite::StoreError;

/// An answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
}

impl ApiError {
    /// A request that cannot be understood: not the JSON, number or encoding that it should be.
    pub(crate) const MALFORMED: Self = Self::bad_request("err_invalid_request");
    /// Nothing of that name.
    pub(crate) const NOT_FOUND: Self = Self { status: StatusCode::NOT_FOUND, code: "err_not_found" };
    /// The body is too long.
    pub(crate) const TOO_LARGE: Self = Self { status: StatusCode::PAYLOAD_TOO_LARGE, code: "err_request_too_large" };
    /// The route exists, the method does not.
    pub(crate) const METHOD: Self = Self { status: StatusCode::METHOD_NOT_ALLOWED, code: "err_method_not_allowed" };
    /// More than can be worked on; the same request may succeed later.
    pub(crate) const BUSY: Self = Self { status: StatusCode::TOO_MANY_REQUESTS, code: "err_too_many_requests" };
    /// Something behind the API is out of order; nothing was changed.
    pub(crate) const UNAVAILABLE: Self = Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "err_unavailable" };
    /// The request took too long. A submission may still have been accepted: ask for it by its hash.
    pub(crate) const TIMED_OUT: Self = Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "err_timed_out" };
    /// The source chain of a deposit gives no verdict now.
    pub(crate) const SOURCE_SILENT: Self =
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "err_source_chain_unavailable" };

    /// The deposit of a mint is not deep enough yet; the same request will succeed later.
    pub(crate) const MINT_NOT_CONFIRMED: Self = Self::bad_request("err_mint_not_confirmed");

    pub(crate) const fn bad_request(code: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::bad_request(refusal.code())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the pool could not be read");
        Self::UNAVAILABLE
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::MALFORMED
    }
}

impl From<QueryRejection> for ApiError {
    fn from(_: QueryRejection) -> Self {
        Self::MALFORMED
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TOO_LARGE } else { Self::MALFORMED }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(serde_json::json!({ "error": self.code }))).into_response()
    }
}

/// What a handler returns.
pub(crate) type Reply = Result<Json<serde_json::Value>, ApiError>;

/// An answer in JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Reply {
    match serde_json::to_value(value) {
        Ok(value) => Ok(Json(value)),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            Err(ApiError::UNAVAILABLE)
        }
    }
}
