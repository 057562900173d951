//! `GET /v1/annotations/export` and its manifest: what people said, for those who train.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::domain::annotation::{AfterError, Form, Manifest, Neutral, Options, Resolve, Unrated};
use crate::domain::{Action, Actor, Invalid, PersonRole};
use crate::store::Export;
use crate::web::{Code, Error, Person, Query};

/// Media type of one JSON value a line.
pub const NDJSON: &str = "application/x-ndjson";
/// The most that `min_annotations` can be.
const MOST_PEOPLE: usize = 100;

/// Which lines, and how labels become training labels. Options that a form does not have change
/// nothing there.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ExportQuery {
    /// `trl`: `{prompt, completions, labels}`, a line an item. `prm800k`: the form of PRM800K, a
    /// line a submission. `raw`: every action. `preference`: `{prompt, chosen, rejected}`. `labels`: every label,
    /// with the step's score, whether it was shown, and whether it was taken over.
    #[param(default = "trl")]
    pub form: Form,
    /// Only items of this queue.
    pub queue: Option<String>,
    /// `trl`: whose word counts where people differ; an adjudicator's always does.
    #[param(default = "majority")]
    pub resolve: Resolve,
    /// `trl`: leave out items that fewer people rated, unless an adjudicator decided them.
    #[param(minimum = 0, maximum = 100, default = 1)]
    pub min_annotations: Option<usize>,
    /// `trl`: only items that an adjudicator decided, or that several people rated alike.
    pub only_verified: bool,
    /// `trl`: what a rating of 0 becomes; `drop` leaves out items with one before their first error.
    #[param(default = "positive")]
    pub neutral: Neutral,
    /// `trl`: cut off after the first wrong step, or call the steps after it wrong too.
    #[param(default = "truncate")]
    pub after_first_error: AfterError,
    /// `trl`: cut off before a step without a label, or leave the item out.
    #[param(default = "truncate")]
    pub unrated: Unrated,
    /// Go on after this item (`itm_…`), in raw form after the action of this number,
    /// of labels after this submission (`sbm_…`).
    pub after: Option<String>,
}

impl ExportQuery {
    /// # Errors
    /// [`Invalid`] naming the parameter.
    pub fn export(&self) -> Result<Export, Invalid> {
        let min_annotations = self.min_annotations.unwrap_or(1);
        if min_annotations > MOST_PEOPLE {
            let detail =
                format!("must lie between 0 and {MOST_PEOPLE}, {min_annotations} was given");
            return Err(Invalid::new("/min_annotations", "out_of_range", detail));
        }
        let after = self.after.as_deref().filter(|after| !after.is_empty());
        let known = |after: &str| match self.form {
            Form::Raw => after.parse::<u32>().is_ok(),
            Form::Labels => after.starts_with("sbm_") && after.len() <= 64,
            _ => after.starts_with("itm_") && after.len() <= 64,
        };
        if let Some(odd) = after.filter(|after| !known(after)) {
            let shown: String = odd.chars().take(80).collect();
            let what = match self.form {
                Form::Raw => "the number of an action",
                Form::Labels => "a submission",
                _ => "an item",
            };
            let detail = format!("must be {what}, `{shown}` was given");
            return Err(Invalid::new("/after", "wrong_value", detail));
        }
        let options = Options {
            form: self.form,
            queue: self.queue.clone().filter(|queue| !queue.is_empty()),
            resolve: self.resolve,
            min_annotations,
            only_verified: self.only_verified,
            neutral: self.neutral,
            after_first_error: self.after_first_error,
            unrated: self.unrated,
        };
        Ok(Export::new(options, after.map(str::to_owned)))
    }
}

/// Lines of JSON, as they are read: nothing is held in memory but a few items. The manifest of the
/// same parameters says how many there are, and their hash.
#[utoipa::path(
    get,
    path = "/v1/annotations/export",
    operation_id = "export_annotations",
    tag = "kept",
    summary = "What people said of solutions, for those who train",
    params(ExportQuery),
    responses(
        (
            status = 200,
            description = "One JSON object a line",
            content_type = "application/x-ndjson",
            body = String,
        ),
        (status = 403, description = "Annotators must not see what others said"),
        (status = 404, description = "There is no such queue"),
    ),
)]
pub async fn export(
    State(app): State<App>,
    person: Person,
    actor: Actor,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    stream_of(app, &query, &actor).await
}

/// The counts and the hash of what the export of these parameters gives now. It is read through for
/// that, and takes as long.
#[utoipa::path(
    get,
    path = "/v1/annotations/export/manifest",
    operation_id = "export_annotations_manifest",
    tag = "kept",
    summary = "Filters, counts and hash of an export",
    params(ExportQuery),
    responses(
        (status = 200, description = "What the export holds", body = Manifest),
        (status = 403, description = "Annotators must not see what others said"),
        (status = 404, description = "There is no such queue"),
    ),
)]
pub async fn manifest(
    State(app): State<App>,
    person: Person,
    Query(query): Query<ExportQuery>,
) -> Result<Json<Manifest>, Error> {
    person.require(PersonRole::Adjudicator)?;
    let (mut export, _) = begin(&app, &query).await?;
    while export.next(app.store.quality()).await?.is_some() {}
    Ok(Json(export.manifest()))
}

/// The answer that sends the lines. Who asked is written down before the first leaves.
pub async fn stream_of(app: App, query: &ExportQuery, actor: &Actor) -> Result<Response, Error> {
    let (export, queue) = begin(&app, query).await?;
    let after = query.after.as_deref().filter(|after| !after.is_empty());
    let after = after.map(|after| format!(", after {after}")).unwrap_or_default();
    let detail = format!("form {}{after}", query.form.as_str());
    let (audit, action, now) = (app.store.audit(), Action::AnnotationsExported, app.clock.now());
    audit.add(actor, action, &queue, &detail, now).await?;
    let name = format!("attachment; filename=\"annotations-{}.jsonl\"", query.form.as_str());
    let pieces = stream::try_unfold((app, export), async |(app, mut export)| {
        let piece = export.next(app.store.quality()).await;
        // The answer has begun and can only be cut off; the log says why.
        let piece = piece.inspect_err(|e| tracing::error!("an export was cut off: {e}"))?;
        Ok::<_, crate::store::StoreError>(piece.map(|piece| (Bytes::from(piece), (app, export))))
    });
    let headers = [
        (CONTENT_TYPE, NDJSON.to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// The export, and what its queue is called.
async fn begin(app: &App, query: &ExportQuery) -> Result<(Export, String), Error> {
    let export = query.export()?;
    let Some(queue) = query.queue.as_deref().filter(|queue| !queue.is_empty()) else {
        return Ok((export, "every queue".to_owned()));
    };
    let queues = app.store.quality().queues().await?;
    let known = queues.into_iter().find(|known| known.id == queue);
    let known = known.ok_or_else(|| {
        let shown: String = queue.chars().take(80).collect();
        Error::new(Code::NotFound, format!("there is no queue `{shown}`"))
    })?;
    Ok((export, known.name))
}
