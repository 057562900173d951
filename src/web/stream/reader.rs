//! The events of one run, one after the other: from its feed while it is at work here, from the
//! store once it has ended.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::app::{App, Feed, Read};
use crate::domain::{Event, Numbered, RunId, RunStatus, rest};
use crate::web::Error;

/// Longest time between two looks at a run that waits: a lost wake-up costs this much, never an
/// event.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Keeps its place among the events of a run.
pub(super) struct Reader {
    app: App,
    id: RunId,
    /// Events this reader has had, those of an earlier stream included.
    after: usize,
    ready: VecDeque<Event>,
    source: Source,
    /// When to give up; none = when the server stops.
    late: Option<Instant>,
}

enum Source {
    Feed(Arc<Feed>, watch::Receiver<()>),
    /// The run waits for a worker.
    Queue(watch::Receiver<Option<RunId>>),
    Over,
}

impl Reader {
    /// Reads a run from wherever it is; `None` when nothing is left of it.
    pub(super) async fn open(app: &App, id: RunId, after: usize) -> Result<Option<Self>, Error> {
        let source = Source::Over;
        let ready = VecDeque::new();
        let mut reader = Self { app: app.clone(), id, after, ready, source, late: None };
        reader.look().await?;
        let nothing = reader.ready.is_empty() && matches!(reader.source, Source::Over);
        Ok((!nothing).then_some(reader))
    }

    /// Reads along with a run that was begun for this reader. A server that stops lets it finish,
    /// like any other call; an engine that does not stop in time is not waited for after `late`.
    pub(super) fn along(app: &App, id: RunId, feed: Arc<Feed>, late: Instant) -> Self {
        let news = feed.news();
        let (app, ready, source) = (app.clone(), VecDeque::new(), Source::Feed(feed, news));
        Self { app, id, after: 0, ready, source, late: Some(late) }
    }

    /// The next event, as soon as there is one.
    pub(super) async fn next(&mut self) -> Option<Numbered> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                let numbered = Numbered::new(self.after, event);
                self.after = numbered.sequence_number;
                return Some(numbered);
            }
            match &self.source {
                Source::Over => return None,
                Source::Feed(..) => self.follow().await,
                Source::Queue(_) => self.wait().await,
            }
        }
    }

    /// Where the run is now.
    async fn look(&mut self) -> Result<(), Error> {
        let changes = self.app.live.changes();
        if let Some(feed) = self.app.live.feed(self.id) {
            let news = feed.news();
            if let Read::Over = feed.read(self.after) {
                self.source = Source::Over;
            } else {
                self.source = Source::Feed(feed, news);
            }
            return Ok(());
        }
        let run = self.app.store.runs().get(self.id).await?;
        let run = run.ok_or_else(|| Error::no_run(&self.id.to_string()))?;
        self.source = match run.status {
            RunStatus::Queued | RunStatus::Running => {
                self.ready.extend((self.after == 0).then(|| Event::created(&run)));
                Source::Queue(changes)
            }
            RunStatus::Completed | RunStatus::Failed | RunStatus::Cancelled => {
                self.ready.extend(rest(&run, self.after));
                Source::Over
            }
        };
        Ok(())
    }

    /// Takes what the feed has, or waits for it to have something.
    async fn follow(&mut self) {
        let Source::Feed(feed, news) = &mut self.source else { return };
        news.mark_unchanged();
        match feed.read(self.after) {
            Read::Events(events) => self.ready.extend(events),
            Read::Ended(run) => {
                self.ready.extend(rest(&run, self.after));
                self.source = Source::Over;
            }
            Read::Over => self.source = Source::Over,
            Read::Wait => tokio::select! {
                _ = news.changed() => {}
                () = given_up(&self.app, self.late) => self.source = Source::Over,
            },
        }
    }

    /// Waits until something has happened to the run, and looks.
    async fn wait(&mut self) {
        let Source::Queue(changes) = &mut self.source else { return };
        let again = tokio::time::sleep(LOOK_AGAIN);
        tokio::pin!(again);
        loop {
            tokio::select! {
                () = &mut again => break,
                () = given_up(&self.app, self.late) => return self.source = Source::Over,
                changed = changes.changed() => {
                    let here = *changes.borrow_and_update() == Some(self.id)
                        || self.app.live.feed(self.id).is_some();
                    if changed.is_err() || here {
                        break;
                    }
                }
            }
        }
        if let Err(error) = self.look().await {
            tracing::warn!(run = %self.id, error = error.detail(), "a stream of events broke off");
            self.source = Source::Over;
        }
    }
}

async fn given_up(app: &App, late: Option<Instant>) {
    match late {
        Some(late) => tokio::time::sleep_until(late.into()).await,
        None => app.shutdown.cancelled().await,
    }
}
