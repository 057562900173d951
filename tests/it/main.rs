//! Integration tests, one binary: linking the engine once is slow enough.
//!
//! `app.rs` builds a whole server over a temporary folder and a scripted engine; each other file
//! tests one promise through it.

mod admission;
mod agreement;
mod app;
mod batches;
mod chat;
mod contract;
mod docs;
mod embedded;
mod engine;
mod events;
mod headers;
mod health;
mod idempotency;
mod listen;
mod load;
mod pages;
mod process;
mod queue;
mod reject;
mod remote;
mod runs;
mod solve;
mod store;
mod tiny;
mod upkeep;
