//! `GET /runs/{id}`: one run, while it is at work and after. `tags.rs` and `refine.rs` are the forms
//! on it.

use askama::Template;
use axum::extract::State;
use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::components::{Around, Compare, RunView};
use super::runs::{RunRow, RunsQuery};
use super::{Origin, Shell, page, static_files};
use crate::app::App;
use crate::domain::{Actor, Run, RunId};
use crate::pipeline::Order;
use crate::store::Filter;
use crate::web::{Error, Query, RunPath, api};

/// Says that a script asks, not a reader.
pub const HX_REQUEST: &str = "hx-request";

/// Other runs of the problem that the page of a run names.
const OTHERS: usize = 5;

/// Other runs of the same problem: what it was refined from, what was refined from it, what another
/// model made of it.
struct Others {
    rows: Vec<RunRow>,
    /// The list of all of them.
    all: String,
}

/// What the address says besides the run.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RunQuery {
    view: Option<String>,
    /// The stage that the page shows already.
    seen: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/run.html")]
struct RunPage {
    shell: Shell,
    run: RunView,
    others: Others,
    /// A tag that was typed and refused, and why.
    tag: String,
    tag_fault: Option<String>,
}

impl RunPage {
    fn htmx(&self) -> String {
        static_files::url(static_files::HTMX)
    }
}

/// The part of the page that changes while the run goes on.
#[derive(Template)]
#[template(path = "components/run_state.html")]
struct RunState {
    run: RunView,
}

/// The whole page.
pub async fn show(
    State(app): State<App>,
    RunPath(id): RunPath,
    Query(query): Query<RunQuery>,
    origin: Origin,
    shell: Shell,
) -> Result<Response, Error> {
    let (run, others) = view(&app, &origin, id, &query).await?;
    page(&RunPage { shell, run, others, tag: String::new(), tag_fault: None })
}

/// The whole page again, with a tag that could not be put on.
///
/// # Errors
/// No such run, or the store does not answer.
pub(super) async fn with_refused_tag(
    app: &App,
    (shell, origin): (Shell, Origin),
    id: RunId,
    tag: String,
    fault: String,
) -> Result<Response, Error> {
    let (run, others) = view(app, &origin, id, &RunQuery::default()).await?;
    let page = page(&RunPage { shell, run, others, tag, tag_fault: Some(fault) })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The part that changes, for the page that polls it; 204 while nothing has changed.
pub async fn live(
    State(app): State<App>,
    RunPath(id): RunPath,
    Query(query): Query<RunQuery>,
    origin: Origin,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut response = if headers.contains_key(HX_REQUEST) {
        let (run, _) = view(&app, &origin, id, &query).await?;
        let seen = run.live.as_ref().map(|live| live.seen);
        if seen.is_some() && seen == query.seen.as_deref() {
            StatusCode::NO_CONTENT.into_response()
        } else {
            page(&RunState { run })?
        }
    } else {
        Redirect::to(&format!("/runs/{id}")).into_response()
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static(HX_REQUEST));
    Ok(response)
}

/// Ends the run and shows it; one that had ended before is just shown.
pub async fn cancel(
    State(app): State<App>,
    RunPath(id): RunPath,
    actor: Actor,
) -> Result<Redirect, Error> {
    api::cancel::cancel(&app, id, &actor).await?;
    Ok(Redirect::to(&format!("/runs/{id}")))
}

async fn view(
    app: &App,
    origin: &Origin,
    id: RunId,
    query: &RunQuery,
) -> Result<(RunView, Others), Error> {
    let run = app.store.runs().get(id).await?.ok_or_else(|| Error::no_run(&id.to_string()))?;
    let tags = app.store.tags().of(id).await?;
    let order = asked(app, id).await?;
    let around = Around {
        compare: Compare::from_word(query.view.as_deref()),
        stage: app.live.stage(id),
        now: app.clock.now(),
        tags: &tags,
        origin,
        order: order.as_ref(),
    };
    let others = others(app, &run).await?;
    Ok((RunView::new(&run, around), others))
}

/// What the run was asked to do. Nothing where that was not kept, or by another version of the program.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn asked(app: &App, id: RunId) -> Result<Option<Order>, Error> {
    let asked = app.store.runs().asked(id).await?;
    Ok(asked.and_then(|asked| serde_json::from_str(&asked).ok()))
}

/// The newest of the others.
async fn others(app: &App, run: &Run) -> Result<Others, Error> {
    let problem = Some(run.problem.id);
    let filter = Filter { problem, ..Filter::default() };
    let found = app.store.runs().list(&filter, None, OTHERS + 1).await?;
    let now = app.clock.now();
    let rows = found.data.iter().filter(|other| other.id != run.id).take(OTHERS);
    let all = RunsQuery { problem, ..RunsQuery::default() };
    Ok(Others { rows: rows.map(|other| RunRow::new(other, now)).collect(), all: all.address() })
}
