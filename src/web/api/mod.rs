//! The JSON API, one operation a file: request type, response type, handler, tests.
//!
//! Handlers parse, hand an order on and answer; they hold no rules of the method and no SQL. To
//! add an operation, add a file here and a line in `web/routes.rs`.

pub mod annotations;
pub mod batches;
pub mod cancel;
pub mod chat;
pub mod completions;
pub mod critique;
pub mod diff;
pub mod events;
mod given;
pub mod health;
pub mod models;
pub mod openapi;
pub mod priority;
pub mod refine;
pub mod review;
pub mod runs;
pub mod settings;
pub mod solve;
