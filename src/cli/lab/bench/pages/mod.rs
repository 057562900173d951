//! `glore bench pages`: how long the pages take over a store of ten thousand runs, or a million.
//!
//! The store is filled with made-up runs, the same every time, and the pages are asked for through
//! the whole router, one request after another.

mod synthetic;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::app::App;
use crate::cli::print;
use crate::config::Config;
use crate::domain::RunId;
use crate::engine::{Gate, ScriptedEngine};
use crate::store::Store;
use crate::web;

/// Runs written in one transaction.
const CHUNK: usize = 2_000;

/// Fills a store of each size and times its pages.
pub(super) fn run(sizes: &[usize], requests: usize, dir: Option<&Path>) -> anyhow::Result<()> {
    ensure!(requests > 0, "--requests 0: there is nothing to time");
    ensure!(sizes.iter().all(|size| *size > 0), "--runs 0: there is nothing to show");
    web::install_metrics().context("cannot start the metrics")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for &size in sizes {
        let folder = match dir {
            Some(dir) => {
                std::fs::create_dir_all(dir)?;
                tempfile::Builder::new().prefix("glore-pages-").tempdir_in(dir)?
            }
            None => tempfile::Builder::new().prefix("glore-pages-").tempdir()?,
        };
        runtime.block_on(one_size(size, requests, folder.path()))?;
    }
    Ok(())
}

async fn one_size(size: usize, requests: usize, dir: &Path) -> anyhow::Result<()> {
    let store = Store::open(dir).await?;
    let clock = Instant::now();
    let mut maker = synthetic::Maker::new();
    let (mut ids, mut steps) = (Vec::new(), 0);
    for from in (0..size).step_by(CHUNK) {
        let runs: Vec<_> = (from..size.min(from + CHUNK)).map(|_| maker.run()).collect();
        steps += runs.iter().flat_map(|run| &run.solutions).map(|s| s.steps.len()).sum::<usize>();
        ids.extend(runs.iter().step_by(500).map(|run| run.id));
        store.runs().insert_many(&runs).await?;
        for run in runs.iter().step_by(1_000) {
            store.tags().add(run.id, &synthetic::tag()?).await?;
        }
    }
    let seconds = clock.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(dir.join("glore.db"))?.len();
    print(&format!(
        "{size} runs, {steps} steps: filled in {seconds:.1} s, {} MB\n",
        bytes / 1_000_000
    ))?;
    let app = App::new(Config::default(), store, Arc::new(ScriptedEngine::new()), Gate::new(1, 1));
    let router = web::router(app.clone());
    for (what, address) in pages() {
        let mut times = Vec::with_capacity(requests);
        for nth in 0..requests {
            let id = ids[nth * ids.len() / requests];
            let address = address(id);
            let clock = Instant::now();
            let status = web::ask(&router, &address).await?;
            times.push(clock.elapsed().as_secs_f64() * 1_000.0);
            ensure!(status == 200, "{address} was answered {status}");
        }
        times.sort_by(f64::total_cmp);
        let at = |q: f64| times[((times.len() - 1) as f64 * q).round() as usize];
        let (middle, slow) = (at(0.5), at(0.99));
        print(&format!("  {what:<44} p50 {middle:>8.1} ms   p99 {slow:>8.1} ms\n"))?;
    }
    app.store.close().await?;
    Ok(())
}

type Address = Box<dyn Fn(RunId) -> String>;

/// What is timed. Each address is made from a run of the store, a different one each time.
fn pages() -> Vec<(&'static str, Address)> {
    let fixed = |what, address: &'static str| -> (&'static str, Address) {
        (what, Box::new(move |_| address.to_owned()))
    };
    vec![
        fixed("newest runs", "/runs"),
        ("a page anywhere in the list", Box::new(|id| format!("/runs?after={id}"))),
        fixed("one filter", "/runs?correct=false"),
        fixed("a rare filter", "/runs?flip=right_to_wrong"),
        fixed("three filters", "/runs?strategy=glore&chosen=local&first_error=2"),
        fixed("filters that let nearly nothing through", "/runs?status=failed&correct=true"),
        fixed("a tag", "/runs?tag=odd-one"),
        fixed("days", "/runs?from=2026-02-01&to=2026-02-02&correct=true"),
        fixed("a frequent word", "/runs?q=apples"),
        fixed("a rare word", "/runs?q=zeppelin"),
        fixed("a word of one letter", "/runs?q=a"),
        fixed("the beginning of many words", "/runs?q=app"),
        fixed("a frequent word and a filter", "/runs?q=apples&flip=wrong_to_right"),
        fixed("worst step first", "/runs?sort=lowest_step"),
        (
            "worst step first, anywhere, filtered",
            Box::new(|id| format!("/runs?sort=lowest_step&correct=true&after={id}")),
        ),
        fixed("slowest first", "/runs?sort=slowest"),
        fixed("the list of the API, 100 runs", "/v1/runs?limit=100"),
        ("a run", Box::new(|id| format!("/runs/{id}"))),
    ]
}
