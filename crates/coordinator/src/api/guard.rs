//! What stands before every route: open CORS, a bound on requests under way, a time-out.
//!
//! The API is public by the protocol (section 14): any page may call it, nothing in it is authorised by a browser's
//! ambient state. Control services do not belong on this port.

use super::reply::ApiError;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Requests worked on at the same time; further ones are refused at once.
pub(crate) const REQUESTS_MAX: usize = 2048;
/// A request that takes longer is answered with an error.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);

/// Adds the CORS headers to every answer and answers preflights itself.
pub(crate) async fn cors(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    allow_everybody(response.headers_mut());
    response
}

fn allow_everybody(headers: &mut HeaderMap) {
    const LISTED: [(header::HeaderName, &str); 4] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Content-Type, Content-Length, Accept-Encoding, Authorization, Accept, Origin, Cache-Control, \
             X-Requested-With, X-API-KEY",
        ),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS, GET, PUT, HEAD"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for (name, value) in LISTED {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Bounds how many requests are under way and how long each may take.
pub(crate) async fn bounded(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        return ApiError::BUSY.into_response();
    };
    match tokio::time::timeout(REQUEST_TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TIMED_OUT.into_response(),
    }
}
