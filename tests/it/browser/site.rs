//! A server on a real port in this process, over a store that the test fills.

use glore::{jobs, web};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::app::TestApp;

pub struct Site {
    pub app: TestApp,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    tasks: [JoinHandle<()>; 2],
}

impl Site {
    pub async fn of(app: TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (router, worker) = (web::router(app.app.clone()), app.app.clone());
        let serve =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        let work = tokio::spawn(async move {
            let _ = jobs::work(worker).await;
        });
        Self { app, base, tasks: [serve, work] }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
