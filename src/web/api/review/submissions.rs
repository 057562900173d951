//! `POST /v1/items/{id}/submissions`: hand an item in.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::review::{Choice, Edit, Handed, Outcome, Verdict};
use crate::domain::{Invalid, ItemId, SubmissionId};
use crate::store::Submitted;
use crate::web::id_path::IdPath;
use crate::web::pages::review::Person;
use crate::web::{Code, Error, Json};

/// Longest reason and longest comment, in bytes of UTF-8.
const MAX_TEXT: usize = 2000;

/// What is said of one step.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingRequest {
    /// From 1.
    #[schema(minimum = 1)]
    pub step: usize,
    /// -1 wrong, 0 fine, +1 good; null or missing: not rated, which is never zero.
    #[serde(default)]
    pub value: Option<i8>,
    /// Looked at and not decided; only without a value.
    #[serde(default)]
    pub unsure: bool,
    /// What is wrong with the step.
    #[serde(default)]
    pub critique: Option<String>,
    /// The step as it should be.
    #[serde(default)]
    pub correction: Option<String>,
}

/// What is handed in. Fields that are missing are left as they are on the person's sheet.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionRequest {
    #[serde(default = "rated")]
    pub outcome: Outcome,
    /// Needed for a bad problem and for giving up.
    #[serde(default)]
    pub reason: Option<String>,
    /// On the whole item.
    #[serde(default)]
    pub comment: Option<String>,
    #[serde(default)]
    pub ratings: Vec<RatingRequest>,
    /// Id of the best candidate, or `same`.
    #[serde(default)]
    pub choice: Option<String>,
    /// Hand in although something is not answered.
    #[serde(default)]
    pub partial: bool,
}

fn rated() -> Outcome {
    Outcome::Rated
}

/// What was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubmissionAnswer {
    pub id: SubmissionId,
    /// Always `submission`.
    pub object: &'static str,
    pub item: ItemId,
}

/// Keeps one label a step, with the scores, models and settings at the moment when the item was
/// served. The item must have been served to the person before.
#[utoipa::path(
    post,
    path = "/v1/items/{id}/submissions",
    operation_id = "submit_item",
    tag = "review",
    summary = "Hand an item in",
    params(("id" = ItemId, Path, description = "The item")),
    request_body = SubmissionRequest,
    responses(
        (status = 201, description = "What was kept", body = SubmissionAnswer),
        (status = 409, description = "It was handed in before (`already_submitted`)"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    IdPath(item): IdPath<ItemId>,
    person: Person,
    Json(request): Json<SubmissionRequest>,
) -> Result<(StatusCode, axum::Json<SubmissionAnswer>), Error> {
    let handed = request.handed()?;
    match app.store.reviews().submit(item, &person.id, &handed, app.clock.now()).await? {
        Submitted::Done(id) => {
            let answer = SubmissionAnswer { id, object: "submission", item };
            Ok((StatusCode::CREATED, axum::Json(answer)))
        }
        Submitted::Already { id, .. } => {
            let detail = format!("you handed this item in before, as `{id}`");
            Err(Error::new(Code::AlreadySubmitted, detail))
        }
        Submitted::Missing(missing) => {
            let detail = "is not rated; rate it, or set `partial`";
            let steps = missing.steps.into_iter();
            let steps =
                steps.map(|step| Invalid::new(format!("/ratings/{}", step - 1), "missing", detail));
            let choice =
                missing.choice.then(|| Invalid::new("/choice", "missing", "nothing is chosen"));
            Err(Error::invalid(steps.chain(choice)))
        }
        Submitted::Refused(invalid) => Err(invalid.into()),
        Submitted::NotYours => {
            Err(Error::new(Code::NotFound, format!("there is no item `{item}` on your desk")))
        }
    }
}

impl SubmissionRequest {
    fn handed(self) -> Result<Handed, Error> {
        let reason = text("/reason", self.reason)?;
        if self.outcome != Outcome::Rated && reason.is_none() {
            return Err(Invalid::new("/reason", "blank", "a reason is needed").into());
        }
        let mut edits = Vec::new();
        for (at, rating) in self.ratings.into_iter().enumerate() {
            let RatingRequest { step, value, unsure, critique, correction } = rating;
            let verdict = match value {
                Some(_) if unsure => {
                    let detail = "a step that one is unsure of has no value";
                    return Err(Invalid::new(
                        format!("/ratings/{at}/unsure"),
                        "wrong_value",
                        detail,
                    )
                    .into());
                }
                Some(value) => Some(Verdict::of_value(value).ok_or_else(|| {
                    let detail = format!("must be -1, 0, 1 or null, {value} was given");
                    Error::from(Invalid::new(
                        format!("/ratings/{at}/value"),
                        "out_of_range",
                        detail,
                    ))
                })?),
                None => unsure.then_some(Verdict::Unsure),
            };
            edits.push(Edit::Rate { step, verdict, accepted: false });
            edits.extend(critique.map(|text| Edit::Critique { step, text }));
            edits.extend(correction.map(|text| Edit::Correct { step, text }));
        }
        if let Some(choice) = self.choice {
            let choice = Choice::try_from(choice)
                .map_err(|e| Error::from(Invalid::new("/choice", "wrong_value", e.to_string())))?;
            edits.push(Edit::Choose { choice: Some(choice) });
        }
        let comment = text("/comment", self.comment)?;
        Ok(Handed { outcome: self.outcome, reason, comment, edits, partial: self.partial })
    }
}

/// Blank is none.
fn text(pointer: &str, text: Option<String>) -> Result<Option<String>, Error> {
    let Some(text) = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.len() > MAX_TEXT {
        let detail = format!("at most {MAX_TEXT} bytes are allowed, {} were given", text.len());
        return Err(Invalid::new(pointer, "too_long", detail).into());
    }
    Ok(Some(text))
}
