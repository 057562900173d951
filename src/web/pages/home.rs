//! `GET /` and `POST /runs`: ask for a solution.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::examples::{EXAMPLES, Example, example};
use super::form::{Fault, SolveForm};
use super::runs::RunRow;
use super::{Shell, page};
use crate::app::App;
use crate::config::Limits;
use crate::domain::{Priority, RunId};
use crate::store::Filter;
use crate::web::{Error, Form, Query, submit};

/// Runs shown beside the form.
const RECENT: usize = 6;

/// What the form begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct HomeQuery {
    example: Option<String>,
    /// A run to do again.
    from: Option<String>,
}

/// One number of the settings.
struct Setting {
    name: &'static str,
    label: &'static str,
    hint: String,
    value: String,
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct HomePage {
    shell: Shell,
    examples: [Example; 6],
    form: SolveForm,
    settings: Vec<Setting>,
    faults: Vec<Fault>,
    /// Why nothing was begun although the form is right.
    refused: Option<String>,
    recent: Vec<RunRow>,
}

impl HomePage {
    /// What is wrong with a field.
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.detail.as_str())
    }

    fn settings_open(&self) -> bool {
        let above = ["problem", "reference_answer"];
        self.form.has_settings()
            || self.faults.iter().any(|fault| !above.contains(&fault.field.as_str()))
    }
}

/// The form, blank or filled in from an example or an earlier run.
pub async fn show(
    State(app): State<App>,
    Query(query): Query<HomeQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    let mut form = SolveForm::default();
    if let Some(example) = query.example.as_deref().and_then(example) {
        form.problem = example.text.to_owned();
        form.reference_answer = example.answer.to_owned();
    }
    if let Some(id) = query.from.as_deref().and_then(|id| id.parse::<RunId>().ok())
        && let Some(run) = app.store.runs().get(id).await?
    {
        let order = super::run::asked(&app, id).await?;
        form = SolveForm::again(&run, order.as_ref(), &app.config.limits);
    }
    page(&home(&app, shell, form).await?)
}

/// Puts the problem in the queue and leads to its run. A form that cannot be used, or that there is
/// no place for, comes back as it was sent.
pub async fn solve(
    State(app): State<App>,
    shell: Shell,
    Form(form): Form<SolveForm>,
) -> Result<Response, Error> {
    let order = match form.order(&app.config.limits) {
        Ok(order) => order,
        Err(faults) => {
            let home = HomePage { faults, ..home(&app, shell, form).await? };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&home)?).into_response());
        }
    };
    match submit::later(&app, order, Priority::default()).await {
        Ok(run) => Ok(Redirect::to(&format!("/runs/{}", run.id)).into_response()),
        Err(error) => {
            let refused = Some(error.detail().to_owned());
            let home = HomePage { refused, ..home(&app, shell, form).await? };
            let wait = [(RETRY_AFTER, app.gate.retry_after_s().to_string())];
            Ok((error.status(), wait, page(&home)?).into_response())
        }
    }
}

async fn home(app: &App, shell: Shell, form: SolveForm) -> Result<HomePage, Error> {
    let recent = app.store.runs().list(&Filter::default(), None, RECENT).await?;
    let now = app.clock.now();
    Ok(HomePage {
        shell,
        examples: EXAMPLES,
        settings: settings(&form, &app.config.limits),
        form,
        faults: Vec::new(),
        refused: None,
        recent: recent.data.iter().map(|run| RunRow::new(run, now)).collect(),
    })
}

fn settings(form: &SolveForm, limits: &Limits) -> Vec<Setting> {
    let setting = |name, label, hint: String, value: &String| Setting {
        name,
        label,
        hint,
        value: value.clone(),
    };
    let Limits { max_samples, max_tokens, default_tokens, .. } = limits;
    vec![
        setting("samples", "Samples", format!("of best-of-n, 1 to {max_samples}"), &form.samples),
        setting(
            "temperature",
            "Temperature",
            "0 to 2; 0 takes the likeliest token".to_owned(),
            &form.temperature,
        ),
        setting("seed", "Seed", "the same seed gives the same tokens".to_owned(), &form.seed),
        setting(
            "max_tokens",
            "Most tokens",
            format!("a solution, up to {max_tokens}; {default_tokens} if blank"),
            &form.max_tokens,
        ),
        setting(
            "gate",
            "Gate",
            "refine only a draft whose ORM score is under this; blank refines always".to_owned(),
            &form.gate,
        ),
    ]
}
