//! The routes: POST /session, POST /rpc, GET /events, and the pages.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::api::{Command, CommandError, Event};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::stream::{Stream, unfold};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;

use super::door::{self, refusal};
use super::{Server, assets};

/// Bytes of a command.
const MOST_COMMAND: usize = 64 * 1024;
/// Bytes of a request for a session.
const MOST_SESSION: usize = 1024;
/// A quiet stream says so this often, so that both ends notice a lost one.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// A body that takes longer to arrive is given up.
const BODY_TIME: Duration = Duration::from_secs(10);

pub(super) fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/rpc", post(rpc))
        .route("/events", get(events))
        .route_layer(from_fn_with_state(Arc::clone(&server), door::admit))
        .route("/session", post(session))
        .method_not_allowed_fallback(wrong_method)
        .fallback(assets::page)
        .layer(from_fn_with_state(Arc::clone(&server), door::guard))
        .layer(from_fn(no_panic))
        .with_state(server)
}

async fn wrong_method() -> Response {
    refusal(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "this address takes another method")
}

/// A handler that panics ends its own request only, with an answer in the usual form.
async fn no_panic(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "core_fault", "the request could not be finished"),
    }
}

async fn session(State(server): State<Arc<Server>>, headers: HeaderMap, body: Body) -> Response {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Exchange {
        token: String,
    }
    let exchange = match read::<Exchange>(&headers, body, MOST_SESSION).await {
        Ok(exchange) => exchange,
        Err(refused) => return refused,
    };
    let Some(opened) = server.sessions.open(&exchange.token, Instant::now()) else {
        return refusal(StatusCode::UNAUTHORIZED, "unauthorized", "this is not the key of the address");
    };
    let cookie = opened.ok().and_then(|id| HeaderValue::from_str(&server.names.set_cookie(&id)).ok());
    match cookie {
        Some(cookie) => (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response(),
        None => refusal(StatusCode::INTERNAL_SERVER_ERROR, "core_fault", "no random bytes for a session"),
    }
}

async fn rpc(State(server): State<Arc<Server>>, headers: HeaderMap, body: Body) -> Response {
    let command = match read::<Command>(&headers, body, MOST_COMMAND).await {
        Ok(command) => command,
        Err(refused) => return refused,
    };
    if command.changes() && !server.allow_changes {
        return refusal(StatusCode::FORBIDDEN, "read_only", "started without --allow-changes");
    }
    // The semaphore is never closed; an error would only mean that nothing limits the commands.
    let _turn = server.commands.acquire().await;
    match server.app.handle(command).await {
        Ok(reply) => axum::Json(reply).into_response(),
        Err(error) => (status_of(&error), axum::Json(error)).into_response(),
    }
}

fn status_of(error: &CommandError) -> StatusCode {
    match error.code.as_str() {
        "not_found" => StatusCode::NOT_FOUND,
        "starting" => StatusCode::SERVICE_UNAVAILABLE,
        "core_fault" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Reads a JSON body of bounded size. The declared type keeps plain forms of other pages out.
async fn read<T: serde::de::DeserializeOwned>(headers: &HeaderMap, body: Body, most: usize) -> Result<T, Response> {
    let invalid = |status, message: &str| refusal(status, "invalid_request", message);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        return Err(invalid(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json"));
    }
    let bytes: Bytes = match tokio::time::timeout(BODY_TIME, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large or broken off"));
        }
        Err(_) => return Err(invalid(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    };
    // The fault's text may quote the body, and the body of a session request holds the token: say only where.
    serde_json::from_slice(&bytes).map_err(|fault| {
        let place = format!("not a known request, near line {} column {}", fault.line(), fault.column());
        invalid(StatusCode::BAD_REQUEST, &place)
    })
}

async fn events(State(server): State<Arc<Server>>) -> Response {
    let Ok(turn) = Arc::clone(&server.streams).try_acquire_owned() else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many pages are open");
    };
    let stream = stream(server.app.subscribe(), server.stopping.clone(), turn);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// Each event as one message with its number; `gap` when this listener was too slow and has to load anew.
fn stream(
    events: Receiver<Event>,
    stopping: watch::Receiver<bool>,
    turn: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    unfold((events, stopping, turn), |(mut events, mut stopping, turn)| async move {
        let received = tokio::select! {
            received = events.recv() => received,
            _ = stopping.wait_for(|stop| *stop) => return None,
        };
        let message = match received {
            Ok(event) => {
                let message = sse::Event::default().id(event.seq.to_string());
                message.json_data(&event).unwrap_or_else(|_| gap())
            }
            Err(RecvError::Lagged(_)) => gap(),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(message), (events, stopping, turn)))
    })
}

fn gap() -> sse::Event {
    sse::Event::default().event("gap").data("{}")
}
