//! Pages in a real Chromium, driven through chromedriver.
//!
//! Not part of `cargo test`: they need Debian's packages `chromium` and `chromium-driver`, or others
//! named by `GLORE_CHROMIUM` and `GLORE_CHROMEDRIVER`. Run them with
//! `cargo test --release --test it -- --ignored --nocapture --test-threads 1 browser::`.
//! `driver.rs` speaks WebDriver, `site.rs` serves a store to look at, `visits.rs` lists every page.
//! `vendor/` holds axe-core 4.14.1 (MPL-2.0, used unmodified, by these tests only).

mod access;
mod driver;
mod hostile;
mod keyboard;
mod site;
mod two;
mod typed;
pub mod visits;
