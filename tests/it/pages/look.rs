//! A server over every sample, to be looked at:
//! `GLORE_LOOK=127.0.0.1:8099 cargo test --test it -- --ignored look --nocapture`.

use std::time::Duration;

use glore::domain::Role;
use glore::engine::ScriptedEngine;
use glore::{jobs, web};
use tokio::net::TcpListener;

use super::samples;
use crate::app::TestApp;

#[tokio::test]
#[ignore = "serves until it is stopped"]
async fn look() {
    let address = std::env::var("GLORE_LOOK").unwrap_or_else(|_| "127.0.0.1:8099".to_owned());
    let slow = Role::ALL.into_iter().fold(ScriptedEngine::new(), |engine, role| {
        engine.delays(role, Duration::from_millis(1500))
    });
    let engine = slow.scores_lines(Role::Sorm, [("4 pens", 0.31)]);
    let app = TestApp::with(engine).await;
    for (name, run) in samples::all() {
        app.app.store.runs().insert(&run).await.expect("stored");
        println!("{name} http://{address}/runs/{}", run.id);
    }
    tokio::spawn(jobs::work(app.app.clone()));
    let listener = TcpListener::bind(&address).await.expect("a free address");
    axum::serve(listener, web::router(app.app.clone())).await.expect("served");
}
