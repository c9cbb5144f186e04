//! The web page, for browsers. Its files are in `server/web/` and in the binary; it uses nothing
//! but the API.

use super::problem::{HttpError, Problem};
use super::view_response::{ReadConditions, tag_of_gzip};
use crate::server_state::ServerState;
use axum::Router;
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::StatusCode;
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName,
    HeaderValue, REFERRER_POLICY, VARY,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, LazyLock};

/// Every file comes from this server, and no script is inline: a name that got through as markup
/// could do nothing.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// Other sites do not learn which event a page shows, and get no handle on its window.
const PRIVATE: [(HeaderName, HeaderValue); 3] = [
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The path by which documents and files name other files.
const FOLDER: &str = "/web/{*name}";

macro_rules! files {
    ($($name:literal,)*) => {
        /// Every file of the page, by its name below `server/web/`.
        const FILES: &[(&str, &[u8])] = &[$((
            $name,
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/", $name)),
        ),)*];
    };
}

files![
    "admin.html",
    "admin/desk.js",
    "admin/exposition.js",
    "admin/main.js",
    "admin/operator-api.js",
    "admin/plot-scale.js",
    "admin/plot.js",
    "admin/sales.js",
    "admin/search.js",
    "admin/series.js",
    "admin/server-metrics.js",
    "bookings.html",
    "bookings/card.js",
    "bookings/main.js",
    "event.html",
    "event/booking/booking.js",
    "event/booking/reservations.js",
    "event/booking/seat-choice.js",
    "event/descriptions.js",
    "event/main.js",
    "event/map/clicks.js",
    "event/map/close-up.js",
    "event/map/keyboard.js",
    "event/map/seat-map.js",
    "event/map/seat-moves.js",
    "event/map/seat-shapes.js",
    "event/map/section-elements.js",
    "event/map/tooltip-text.js",
    "event/panel/about.js",
    "event/panel/countdown.js",
    "event/panel/hold-timer.js",
    "event/panel/legend.js",
    "event/panel/live-pill.js",
    "event/panel/notices.js",
    "event/panel/opening.js",
    "event/panel/panel.js",
    "event/panel/section-list.js",
    "event/panel/standing-cards.js",
    "event/panel/ticket-fields.js",
    "event/state/event-state.js",
    "event/state/follower.js",
    "event/state/labels.js",
    "event/state/nearest.js",
    "event/state/overlay.js",
    "event/state/plain-hall.js",
    "event/state/plan-halls.js",
    "event/state/sse-parser.js",
    "event/state/stream-place.js",
    "event/state/stream.js",
    "event/state/terms.js",
    "event/state/tickets.js",
    "events/card-text.js",
    "events/main.js",
    "hall/camera-keys.js",
    "hall/camera.js",
    "hall/gestures.js",
    "hall/hall-view.js",
    "hall/hall.js",
    "hall/legend.js",
    "hall/looks.js",
    "hall/marks.js",
    "hall/names.js",
    "hall/painter.js",
    "hall/picture.js",
    "hall/seat-index.js",
    "hall/seat-painter.js",
    "hall/theme.js",
    "hall/tooltip.js",
    "hall/zoom-buttons.js",
    "icon.svg",
    "index.html",
    "missing.html",
    "missing/main.js",
    "plan.html",
    "plan/descriptions.js",
    "plan/main.js",
    "shared/api.js",
    "shared/clock.js",
    "shared/dom.js",
    "shared/format.js",
    "shared/kept-holds.js",
    "shared/places.js",
    "shared/refusal-text.js",
    "shared/session.js",
    "shared/text.js",
    "shared/texts/english.js",
    "shared/texts/german.js",
    "shared/uuid.js",
    "style/admin.css",
    "style/base.css",
    "style/bookings.css",
    "style/event.css",
    "style/events.css",
    "style/map.css",
    "style/panel.css",
    "style/plan.css",
];

/// A file with its headers, plain and packed.
#[derive(Debug)]
struct StaticFile {
    media_type: HeaderValue,
    /// The hash of its bytes: browsers ask whether they still have the same.
    tag: Bytes,
    plain: Bytes,
    packed: Bytes,
}

/// The files, packed at the first request.
static PAGE: LazyLock<HashMap<&str, StaticFile>> = LazyLock::new(|| {
    FILES.iter().map(|(name, bytes)| (*name, StaticFile::new(name, bytes))).collect()
});

pub(super) fn routes() -> Router<Arc<ServerState>> {
    Router::new()
        .route("/", get(async |conditions: ReadConditions| send("index.html", &conditions)))
        .route(
            "/event/{event}",
            get(async |conditions: ReadConditions| send("event.html", &conditions)),
        )
        .route(
            "/plans/{digest}",
            get(async |conditions: ReadConditions| send("plan.html", &conditions)),
        )
        .route(
            "/bookings",
            get(async |conditions: ReadConditions| send("bookings.html", &conditions)),
        )
        .route("/admin", get(async |conditions: ReadConditions| send("admin.html", &conditions)))
        .route(FOLDER, get(file))
}

async fn file(names: RawPathParams, conditions: ReadConditions) -> Result<Response, Problem> {
    let name = names.iter().next().map_or("", |(_, name)| name);
    send(name, &conditions)
}

/// The page of an address that has none, for browsers that ask for a page.
pub(super) fn missing_page() -> Option<Response> {
    let unconditional = ReadConditions::default();
    let mut response = PAGE.get("missing.html")?.answer(&unconditional);
    *response.status_mut() = StatusCode::NOT_FOUND;
    Some(response)
}

fn send(name: &str, conditions: &ReadConditions) -> Result<Response, Problem> {
    match PAGE.get(name) {
        Some(file) => Ok(file.answer(conditions)),
        None => Err(HttpError::UnknownPath(name.chars().take(64).collect()).into()),
    }
}

impl StaticFile {
    fn new(name: &str, bytes: &'static [u8]) -> Self {
        let hash = Sha256::digest(bytes);
        Self {
            media_type: media_type(name),
            tag: format!("\"{}\"", HEXLOWER.encode(&hash[..16])).into(),
            plain: Bytes::from_static(bytes),
            packed: gzip(bytes),
        }
    }

    fn answer(&self, conditions: &ReadConditions) -> Response {
        let packs = conditions.gzip;
        let is_known = conditions.knows(&self.tag);
        let body = match (is_known, packs) {
            (true, _) => Body::empty(),
            (false, true) => Body::from(self.packed.clone()),
            (false, false) => Body::from(self.plain.clone()),
        };
        let mut response = Response::new(body);
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.media_type.clone());
        if packs && !is_known {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let tag = if packs { tag_of_gzip(&self.tag) } else { self.tag.clone() };
        let tag = HeaderValue::from_maybe_shared(tag).expect("hexadecimal digits are visible");
        headers.insert(ETAG, tag);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        headers.extend(PRIVATE);
        response
    }
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let written = packed.write_all(bytes).and_then(|()| packed.finish());
    written.expect("memory takes everything").into()
}

fn media_type(name: &str) -> HeaderValue {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    HeaderValue::from_static(match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn below(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("it is here").map(|entry| entry.expect("it"));
        let paths = entries.map(|entry| entry.path());
        let below = |path: PathBuf| if path.is_dir() { below(&path) } else { vec![path] };
        paths.flat_map(below).collect()
    }

    /// All but the page's unit tests, and the file that tells Node.js how to read its modules.
    #[test]
    fn every_file_is_in_the_binary() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let name = |path: &PathBuf| {
            path.strip_prefix(&root).expect("below it").to_str().expect("UTF-8").to_owned()
        };
        let mut there: Vec<_> = below(&root).iter().map(name).collect();
        there.retain(|name| name != "package.json" && !name.starts_with("tests/"));
        there.sort();
        assert_eq!(there, FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }

    #[test]
    fn every_file_has_a_type_and_a_tag_of_its_own() {
        let mut tags: Vec<_> = PAGE.values().map(|file| file.tag.clone()).collect();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), FILES.len());
        assert!(PAGE.values().all(|file| file.media_type != "application/octet-stream"));
    }

    /// A missing file would not be noticed by any build step.
    #[test]
    fn files_name_only_files_that_are_there() {
        for (name, bytes) in FILES {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let quoted = text.split(['"', '\'']).filter(|text| !text.contains(char::is_whitespace));
            for named in quoted {
                let path = match named.strip_prefix("/web/") {
                    Some(path) => path.to_owned(),
                    None if named.starts_with("./") || named.starts_with("../") => {
                        beside(folder, named)
                    }
                    None => continue,
                };
                assert!(PAGE.contains_key(path.as_str()), "{name} names {named}");
            }
        }
    }

    /// The path that a relative one, like `../shared/dom.js`, leads to from a folder.
    fn beside(folder: &str, relative: &str) -> String {
        let mut path: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in relative.split('/') {
            match part {
                "." => {}
                ".." => path.truncate(path.len().checked_sub(1).expect("it stays in the folder")),
                part => path.push(part),
            }
        }
        path.join("/")
    }

    #[test]
    fn documents_have_nothing_that_the_policy_would_refuse() {
        for (name, bytes) in FILES.iter().filter(|(name, _)| name.ends_with(".html")) {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            for refused in ["<style", " style=", " onclick=", "javascript:", "http://", "https://"]
            {
                assert!(!text.contains(refused), "{name} has {refused}");
            }
            assert!(
                text.matches("<script").count()
                    == text.matches("<script type=\"module\" src=\"/web/").count()
            );
        }
    }
}
