//! `POST /runs/{id}/priority`: a waiting run made more or less urgent; the form is that of a batch
//! as well.

use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Invalid, Priority};
use crate::web::{Error, Form, RunPath, api};

/// The button that was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PriorityForm {
    priority: String,
}

impl PriorityForm {
    /// What it says.
    ///
    /// # Errors
    /// None of the three words.
    pub(super) fn priority(&self) -> Result<Priority, Invalid> {
        Priority::from_word(&self.priority).ok_or_else(|| {
            let words = Priority::ALL.map(Priority::as_str).join(", ");
            let shown: String = self.priority.chars().take(40).collect();
            let detail = format!("must be one of {words}; “{shown}” was given");
            Invalid::new("/priority", "unknown_value", detail)
        })
    }
}

/// Changes it and shows the run; one that has begun meanwhile is just shown.
pub async fn of_run(
    State(app): State<App>,
    RunPath(id): RunPath,
    Form(form): Form<PriorityForm>,
) -> Result<Redirect, Error> {
    api::priority::set(&app, id, form.priority()?).await?;
    Ok(Redirect::to(&format!("/runs/{id}")))
}
