//! `glore serve`: the API and the pages.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use super::engine::{gate, load_engine};
use super::trial::try_models;
use super::{log, reload};
use crate::app::App;
use crate::config::{Config, Transport};
use crate::domain::{Clock, SystemClock};
use crate::store::Store;
use crate::{jobs, web};

/// How long requests and runs at work may take after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(30);
/// How long they may take after they were cancelled.
const LAST_CALL: Duration = Duration::from_secs(5);
/// Exit code of a process that was stopped while stopping (128 + SIGINT).
const STOPPED_TWICE: i32 = 130;

/// Serve the API and the pages until Ctrl-C or SIGTERM.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  glore serve
  GLORE_SERVER__LISTEN=127.0.0.1:9000 glore serve
  curl -d '{\"problem\":\"What is 2 + 3?\"}' -H 'content-type: application/json' \\
       http://127.0.0.1:8080/v1/solve")]
pub struct Args {}

/// Serves until told to stop.
pub(super) fn run(Args {}: Args, config: Config, file: Option<&Path>) -> anyhow::Result<()> {
    let _log = log::start(&config.log)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(config, file))
}

async fn serve(config: Config, file: Option<&Path>) -> anyhow::Result<()> {
    // The address first: it is the likeliest to be taken and the quickest to try.
    let listener = bind(&config).await?;
    let store = Store::open(&config.store.dir).await?;
    require_users(&config, &store).await?;
    let requeued = store.runs().requeue_interrupted().await?;
    if requeued > 0 {
        tracing::info!(requeued, "runs that were interrupted wait again");
    }
    store.keys().start(SystemClock.now()).await?;
    let loading = config.clone();
    let load = move || try_models(&loading).and_then(|()| load_engine(&loading));
    let engine = tokio::task::spawn_blocking(load).await??;
    let app = App::new(config.clone(), store, engine, gate(&config));
    web::install_metrics().context("cannot start the metrics")?;
    let mut tasks = JoinSet::new();
    for _ in 0..app.gate.concurrent() {
        tasks.spawn(jobs::work(app.clone()));
    }
    tasks.spawn(reload::at_hangup(app.clone(), file.map(Path::to_owned)));
    let address = listener.local_addr()?;
    let limits = web::Limits::from(&config.server);
    tasks.spawn(web::listen(listener, web::router(app.clone()), limits, app.shutdown.clone()));
    super::print(&format!("glore is listening on http://{address} (Ctrl-C stops it)\n"))?;
    told_to_stop().await?;
    tracing::info!("stopping; a second signal stops at once");
    app.shutdown.cancel();
    drain(&app, tasks).await;
    app.store.close().await.context("cannot close the store")?;
    tracing::info!("stopped");
    Ok(())
}

/// Nobody from another machine is let in as the local person.
async fn require_users(config: &Config, store: &Store) -> anyhow::Result<()> {
    if !config.is_public() {
        return Ok(());
    }
    if !store.users().any().await? {
        bail!(
            "people on other machines can reach {} (auth.transport, server.listen), and there are \
             no users: make the first one with `glore user add NAME --role admin`, or listen on \
             127.0.0.1 with auth.transport = \"loopback\"",
            config.server.listen
        );
    }
    if config.auth.transport == Transport::Plain {
        tracing::warn!("auth.transport = \"plain\": passwords and sessions can be read on the way");
    }
    Ok(())
}

async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    let address = config.server.listen;
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(e) if e.kind() == ErrorKind::AddrInUse => bail!(
            "{address} is in use by another program; choose another address with \
             GLORE_SERVER__LISTEN or server.listen"
        ),
        Err(e) => Err(e).with_context(|| format!("cannot listen on {address}")),
    }
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => interrupt?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Lets what is at work finish, then cancels it. A queued run that is cut off goes back in the line
/// at the next start.
async fn drain(app: &App, mut tasks: JoinSet<()>) {
    let all_done = async { while tasks.join_next().await.is_some() {} };
    let orderly = async {
        tokio::pin!(all_done);
        if tokio::time::timeout(DRAIN, &mut all_done).await.is_err() {
            tracing::warn!("still at work after {} s; cancelling", DRAIN.as_secs());
            app.live.cancel_all();
            let _ = tokio::time::timeout(LAST_CALL, all_done).await;
        }
    };
    tokio::select! {
        () = orderly => {}
        _ = told_to_stop() => std::process::exit(STOPPED_TWICE),
    }
}
