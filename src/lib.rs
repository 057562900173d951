//! GLoRe: when, where and how to refine a language model's solution of a math word problem.
//!
//! The rooms, from the inside out: [`domain`] (words and rules), [`config`], [`model`] (the small
//! Llama), [`engine`] (runs models), [`pipeline`] (solve = draft, score, critique, refine, rerank),
//! [`lab`] (makes and measures models), [`report`] (what a reproduction found), `store`, `app`,
//! `jobs`, `web`, `cli`.
//! `docs/architecture.md` is the map; `tests/architecture.rs` holds the code to it.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod jobs;
pub mod lab;
pub mod model;
pub mod pipeline;
pub mod report;
pub mod store;
pub mod web;
pub mod work;
