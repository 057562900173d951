//! Style, script and symbols, compiled into the binary and served under the hash of their content.

use std::fmt::Write;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::web::{Code, Error};

/// The addresses change with the content, so that nobody needs to ask again.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Bytes of the hash that an address shows.
const HASH_BYTES: usize = 6;

/// The vendored htmx; `static/vendor/README.md` says where it is from.
pub const HTMX: &str = "vendor/htmx-4.0.1.min.js";

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Address of a file; its name alone, which leads nowhere, if there is no such file.
pub fn url(name: &str) -> String {
    let hash = Files::get(name).map(|file| short(&file.metadata.sha256_hash()));
    format!("/static/{}/{name}", hash.unwrap_or_default())
}

/// A file, if the address names one of this build.
pub async fn serve(Path((hash, name)): Path<(String, String)>) -> Result<Response, Error> {
    let file = Files::get(&name).filter(|file| short(&file.metadata.sha256_hash()) == hash);
    let file =
        file.ok_or_else(|| Error::new(Code::NotFound, "there is no such file in this version"))?;
    let headers = [(CONTENT_TYPE, content_type(&name)), (CACHE_CONTROL, FOREVER)];
    Ok((headers, file.data).into_response())
}

fn short(hash: &[u8; 32]) -> String {
    hash[..HASH_BYTES].iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn vendored_files_are_those_that_were_checked() {
        let readme = include_str!("../../../static/vendor/README.md");
        let file = Files::get(HTMX).expect("embedded");
        let sum: String =
            Sha256::digest(&file.data).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(readme.contains(&sum), "{HTMX} has {sum}");
    }

    #[test]
    fn every_address_carries_its_hash() {
        for name in ["glore.css", "app.js", "favicon.svg", HTMX] {
            let url = url(name);
            let hash = url.split('/').nth(2).unwrap_or_default();
            assert_eq!(hash.len(), 2 * HASH_BYTES, "{url}");
        }
    }
}
