//! Other models without a restart: SIGHUP reads the configuration again and, when its models pass
//! the trial, the next runs are done by them.

use std::io::{IsTerminal, stdin};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::engine::load_engine;
use super::trial::try_models;
use crate::app::App;
use crate::config::Config;
use crate::engine::Engine;

/// How often it is looked whether the last run of the old models is done.
const LOOK: Duration = Duration::from_millis(500);

/// Reloads at each SIGHUP until the server is told to stop. In a terminal the signal keeps its first
/// meaning, that the terminal is gone, and ends the process.
pub(super) async fn at_hangup(app: App, file: Option<PathBuf>) {
    if stdin().is_terminal() {
        return;
    }
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => return tracing::warn!(%error, "SIGHUP will not reload the models"),
    };
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            _ = hangup.recv() => {}
        }
        let outcome = match reload(&app, file.clone()).await {
            Ok(old) => {
                tracing::info!("the models were loaded again");
                tokio::spawn(give_back(old));
                "loaded"
            }
            Err(error) => {
                let reason = super::one_line(&error);
                tracing::error!(reason, "the models were not loaded again; the old ones go on");
                "refused"
            }
        };
        metrics::counter!("glore_model_reloads_total", "outcome" => outcome).increment(1);
    }
}

/// Uses the models of the configuration as it is now; returns those that were used before.
async fn reload(app: &App, file: Option<PathBuf>) -> anyhow::Result<Arc<dyn Engine>> {
    let (used, place) = (Arc::clone(&app.config), app.config.store.clone());
    let engine = tokio::task::spawn_blocking(move || {
        let mut config = Config::load(file.as_deref())?;
        config.store = place;
        if (Config { models: used.models.clone(), ..config.clone() }) != *used {
            tracing::warn!("other settings than [models] were changed; they need a restart");
        }
        let config = Config { models: config.models, ..(*used).clone() };
        try_models(&config)?;
        load_engine(&config)
    })
    .await??;
    Ok(app.engine.replace(engine))
}

/// Drops models when nobody uses them any more: on a thread where waiting is allowed, since their
/// library may wait for its own threads.
async fn give_back(old: Arc<dyn Engine>) {
    while Arc::strong_count(&old) > 1 {
        tokio::time::sleep(LOOK).await;
    }
    let dropped = tokio::task::spawn_blocking(move || drop(old)).await;
    if let Err(panic) = dropped {
        tracing::error!(%panic, "the old models were not given back cleanly");
    }
}
