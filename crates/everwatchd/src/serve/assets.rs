//! The pages, built into this program. A path without a file is a view of the single page.

use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::door::refusal;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
struct Pages;

/// Answers with the file of that path.
pub(super) async fn page(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return refusal(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "no such command here");
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Pages::get(path) {
        return answer(path, file);
    }
    // A file that is missing is missing; anything else is a place inside the page.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return refusal(StatusCode::NOT_FOUND, "not_found", "no such file");
    }
    match Pages::get("index.html") {
        Some(file) => answer("index.html", file),
        None => refusal(StatusCode::NOT_FOUND, "not_found", "the pages were not built into this program"),
    }
}

fn answer(path: &str, file: rust_embed::EmbeddedFile) -> Response {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    // The builder puts a hash of the content into the names below assets/.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = match kind.type_().as_str() {
        "text" => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep.to_owned())];
    (headers, file.data.into_owned()).into_response()
}
