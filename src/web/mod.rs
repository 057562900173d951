//! HTTP: the API under `/v1` and the pages.
//!
//! `routes.rs` has every route on one screen; `error.rs` the one table of errors with its
//! faces, the third of them in `openai.rs`; `extract.rs` the doors for bodies, queries and ids; `submit.rs` hands orders to the engine or the queue; `frame.rs` what surrounds every
//! request; `api/` one operation a file: request, response, handler, tests; `pages/` one page a
//! file. No SQL and no model here: handlers turn requests into orders and values into responses. To
//! add an operation, add a file under `api/` and a line in `routes.rs`.

pub mod api;
mod context;
mod error;
mod extract;
mod frame;
mod headers;
mod metrics;
mod openai;
pub mod pages;
mod refuse;
mod routes;
pub mod submit;

pub use context::request_id;
pub use error::{Code, Error};
pub use extract::{Json, Query, RunPath};
pub use metrics::install as install_metrics;
pub use routes::router;
