//! Integration tests, one binary: linking the engine once is slow enough.
//!
//! `app.rs` builds a whole server over a temporary folder and a scripted engine; each other file
//! tests one promise through it.

mod admission;
mod agreement;
mod app;
mod chat;
mod embedded;
mod engine;
mod health;
mod load;
mod pages;
mod queue;
mod reject;
mod remote;
mod runs;
mod solve;
mod store;
mod tiny;
