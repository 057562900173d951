//! Integration tests, one binary: linking the engine once is slow enough.
//!
//! `app.rs` builds a whole server over a temporary folder and a scripted engine; `server.rs` starts
//! the program itself; each other file tests one promise through one of them. `endurance/` takes
//! minutes and runs when asked for.

mod admission;
mod agreement;
mod app;
mod batches;
mod browser;
mod chat;
mod contract;
mod docs;
mod embedded;
mod endurance;
mod engine;
mod events;
mod headers;
mod health;
mod idempotency;
mod listen;
mod load;
mod pages;
mod people;
mod priority;
mod process;
mod quality;
mod queue;
mod reject;
mod reload;
mod remote;
mod review;
mod runs;
mod server;
mod solve;
mod store;
mod tiny;
mod trouble;
mod upkeep;
