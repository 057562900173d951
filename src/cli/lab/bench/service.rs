//! `glore bench service`: what the service adds to a solve: connection, checks, queue, store, answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::solve::{line, order};
use crate::app::App;
use crate::cli::engine::{gate, load_engine};
use crate::cli::print;
use crate::config::Config;
use crate::domain::{Clock, Run, SystemClock};
use crate::engine::{Cancel, Engine};
use crate::lab::problems::{Difficulty, Split, problems};
use crate::pipeline::{self, Order};
use crate::store::Store;
use crate::web;

/// Solves each of `count` validation problems twice, once by the pipeline alone and once by a request
/// to a server over the same engine with a store on disk, and prints how many times as long that took.
pub(super) fn run(count: usize, config: &Config) -> anyhow::Result<()> {
    ensure!(count > 0, "--problems 0: there is nothing to time");
    let engine = load_engine(config)?;
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    web::install_metrics()?;
    let (address, stop) = runtime.block_on(async {
        let store = Store::open(folder.path()).await?;
        let app = App::new(config.clone(), store, Arc::clone(&engine), gate(config));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let (address, stop) = (listener.local_addr()?, app.shutdown.clone());
        let limits = web::Limits::from(&config.server);
        tokio::spawn(web::listen(listener, web::router(app.clone()), limits, app.shutdown));
        anyhow::Ok((address, stop))
    })?;
    let (mut ratios, mut added) = (Vec::new(), Vec::new());
    for (nth, problem) in
        problems(Split::Validation, 1, Difficulty::default()).take(count).enumerate()
    {
        let order = order(&problem.text, config)?;
        let alone = || runtime.block_on(alone(&*engine, &order));
        // By turns first, so that neither is always the one that finds everything at hand.
        let ((by_itself, run), (served, answer)) = if nth % 2 == 0 {
            let alone = alone()?;
            (alone, ask(address, &order)?)
        } else {
            let served = ask(address, &order)?;
            (alone()?, served)
        };
        let tokens = |solutions: &Value| -> Vec<u64> {
            let all = solutions.as_array().into_iter().flatten();
            all.map(|solution| solution["tokens"].as_u64().unwrap_or_default()).collect()
        };
        let run = serde_json::to_value(run)?;
        let same = tokens(&run["solutions"]) == tokens(&answer["solutions"]);
        ensure!(same, "the two did not do the same: {}", problem.text);
        ratios.push(served / by_itself);
        added.push((served - by_itself) * 1_000.0);
    }
    stop.cancel();
    print(&line("a solve through the service, over the pipeline alone", "times", &ratios))?;
    print(&line("added", "ms", &added))
}

/// Seconds and the run.
async fn alone(engine: &dyn Engine, order: &Order) -> anyhow::Result<(f64, Run)> {
    let (now, cancel) = (SystemClock.now(), Cancel::new());
    let clock = Instant::now();
    let run = pipeline::run(engine, order, now, &cancel, &|_| {}).await?;
    Ok((clock.elapsed().as_secs_f64(), run))
}

/// Seconds from before the connection to the last byte, and the answer.
fn ask(address: SocketAddr, order: &Order) -> anyhow::Result<(f64, Value)> {
    let settings = &order.settings;
    let body = json!({
        "problem": order.problem.text(), "temperature": settings.temperature,
        "max_tokens": settings.max_tokens, "seed": settings.seed,
    })
    .to_string();
    let clock = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST /v1/solve HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let seconds = clock.elapsed().as_secs_f64();
    let (head, body) = answer.split_once("\r\n\r\n").context("not an answer")?;
    ensure!(head.starts_with("HTTP/1.1 200 "), "answered {head}");
    Ok((seconds, serde_json::from_str(body)?))
}
