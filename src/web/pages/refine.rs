//! `POST /runs/{id}/refine`: a solution of a run refined again, from a step that a person chose.

use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::components::slugs;
use crate::app::App;
use crate::domain::{Invalid, Priority, Run, Solution};
use crate::pipeline::RefineMode;
use crate::web::api::refine::RefineRequest;
use crate::web::{Error, Form, RunPath, submit};

/// Which solution, by its name on the page, and where to begin.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RefineForm {
    solution: String,
    step: Option<usize>,
}

/// Queues the refinement and leads to its run.
pub async fn again(
    State(app): State<App>,
    RunPath(id): RunPath,
    Form(form): Form<RefineForm>,
) -> Result<Redirect, Error> {
    let run = app.store.runs().get(id).await?.ok_or_else(|| Error::no_run(&id.to_string()))?;
    let order = request(&run, &form)?.order(&app.config.limits)?;
    let run = submit::later(&app, order, Priority::default()).await?;
    Ok(Redirect::to(&format!("/runs/{}", run.id)))
}

/// Both refinements: the local one from the step, the global one beside it.
fn request(run: &Run, form: &RefineForm) -> Result<RefineRequest, Invalid> {
    let at = slugs(&run.solutions).iter().position(|slug| *slug == form.solution);
    let Some(solution) = at.map(|at| &run.solutions[at]) else {
        let shown: String = form.solution.chars().take(40).collect();
        let detail = format!("this run has no solution `{shown}`");
        return Err(Invalid::new("/solution", "unknown_value", detail));
    };
    let given = Solution { steps: solution.step_texts(), answer_text: solution.answer.clone() };
    Ok(RefineRequest {
        problem: run.problem.text.clone(),
        solution: Some(given.join()),
        mode: Some(RefineMode::Both),
        first_error_step: form.step,
        reference_answer: run.problem.reference_answer.clone(),
        ..RefineRequest::default()
    })
}
