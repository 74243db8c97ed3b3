//! What every request passes: our own name in Host, our own origin, the security headers of every answer, the cookie.
//!
//! Host is checked against DNS names that were pointed at loopback, Origin and Sec-Fetch-Site against other pages in the
//! same browser. A request that changes or asks something (POST) must carry an Origin, as every browser sends it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use app::api::CommandError;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Server;

/// The desktop's policy without its IPC schemes.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The names under which this server may be addressed.
pub(super) struct Names {
    hosts: Vec<String>,
    cookie: String,
}

impl Names {
    pub(super) fn of(address: SocketAddr) -> Self {
        let port = address.port();
        let mut hosts = vec![address.to_string(), format!("localhost:{port}")];
        if port == 80 {
            // Browsers leave the default port out.
            hosts.extend([address.ip().to_string(), "localhost".to_owned()]);
        }
        // Cookies are shared between the ports of a host; the name keeps two servers apart.
        Self { hosts, cookie: format!("everwatch-{port}") }
    }

    fn knows_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    fn knows_origin(&self, origin: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|host| self.knows_host(host))
    }

    /// The cookie line for a new session. Without an expiry the browser forgets it when it closes.
    pub(super) fn set_cookie(&self, session: &str) -> String {
        format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", self.cookie)
    }

    fn session<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == self.cookie).then_some(value))
    }
}

/// Refuses strangers and dresses every answer.
pub(super) async fn guard(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let mut response = match stranger(&server.names, &request) {
        Some(why) => refusal(StatusCode::FORBIDDEN, "forbidden", why),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Admits only holders of a session.
pub(super) async fn admit(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let session = server.names.session(request.headers());
    if session.is_some_and(|id| server.sessions.admits(id, Instant::now())) {
        return next.run(request).await;
    }
    refusal(StatusCode::UNAUTHORIZED, "unauthorized", "open the address with its key again")
}

fn stranger(names: &Names, request: &Request) -> Option<&'static str> {
    let headers = request.headers();
    // HTTP/1.1 has exactly one Host; an absolute request target would override it for some readers.
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    if hosts.next().is_some() || !host.is_some_and(|host| names.knows_host(host)) {
        return Some("the Host header names somebody else");
    }
    if request.uri().authority().is_some_and(|authority| !names.knows_host(authority.as_str())) {
        return Some("the request target names somebody else");
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next().map(HeaderValue::to_str), origins.next()) {
        (None, _) if request.method() == Method::POST => return Some("a POST needs an Origin header"),
        (None, _) => {}
        (Some(Ok(origin)), None) if names.knows_origin(origin) => {}
        _ => return Some("the Origin header names somebody else"),
    }
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => None,
        // A link on another page may open the page itself, as any address may be typed.
        Some(_) if request.method() == Method::GET && is_navigation(headers) => None,
        Some(_) => Some("another site asked"),
    }
}

fn is_navigation(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate")
        && headers.get("sec-fetch-dest").is_some_and(|dest| dest == "document")
}

/// An answer with an error in the form of the commands' own.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let error = CommandError { code: code.to_owned(), message: message.to_owned() };
    (status, axum::Json(error)).into_response()
}
