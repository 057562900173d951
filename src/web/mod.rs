//! HTTP: the API under `/v1` and the pages.
//!
//! `routes.rs` has every route on one screen; `error.rs` the one table of errors with its faces, the
//! third of them in `openai.rs`; `extract.rs` the doors for bodies, forms, queries and ids; `submit.rs`
//! hands orders to the engine or the queue; `ask.rs` asks without a connection; `intake/` reads lists
//! of problems; `listen.rs` holds the connections; `stream/` sends events as they happen; `rights/`
//! has the one table of who may do what; `body.rs` and `frame.rs` are what surrounds every request;
//! `contract/` the OpenAPI
//! document that is written from all of them; `api/` one operation a file: request, response,
//! handler, tests; `pages/` one page a file. No SQL and no model here: handlers turn requests into
//! orders and values into responses. To add an operation, add a file under `api/` and a line in
//! `routes.rs`.

mod accept;
mod address;
pub mod api;
mod ask;
mod body;
mod client;
mod context;
mod contract;
mod error;
mod etag;
mod extract;
mod frame;
mod headers;
mod id_path;
mod idempotency;
mod intake;
mod listen;
mod machine;
mod metrics;
mod openai;
pub mod pages;
pub mod person;
mod places;
mod problem;
mod refuse;
mod rights;
mod routes;
mod stream;
pub mod submit;

pub use ask::ask;
pub use client::Peer;
pub use context::{Frame, request_id};
pub use error::{Code, Error};
pub use extract::{BatchPath, Form, Json, Query, RunPath};
pub use listen::{Limits, listen};
pub use metrics::install as install_metrics;
pub use person::Person;
pub use rights::{Least, rights_table};
pub use routes::router;
