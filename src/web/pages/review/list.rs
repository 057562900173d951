//! `GET /review`: the queues.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Person, today};
use crate::app::App;
use crate::store::Mine;
use crate::web::Error;
use crate::web::pages::{Shell, page};

struct QueueRow {
    id: String,
    name: String,
    open: bool,
    waiting: usize,
    mine: Mine,
    about: String,
}

#[derive(Template)]
#[template(path = "pages/review.html")]
struct ReviewPage {
    shell: Shell,
    queues: Vec<QueueRow>,
    today: usize,
}

/// The queues, what waits in them, and what the reader has done.
pub async fn show(State(app): State<App>, person: Person, shell: Shell) -> Result<Response, Error> {
    let reviews = app.store.reviews();
    let since = today(app.clock.now());
    let mut queues = Vec::new();
    for queue in reviews.queues().await? {
        queues.push(QueueRow {
            mine: reviews.mine(queue.id, &person.id, since).await?,
            id: queue.id.to_string(),
            about: super::queue::about(&queue.settings),
            open: queue.open,
            waiting: queue.waiting,
            name: queue.settings.name,
        });
    }
    let today = queues.iter().map(|queue| queue.mine.since).sum();
    page(&ReviewPage { shell, queues, today })
}
