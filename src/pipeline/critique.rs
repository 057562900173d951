//! Stage 3: whether to refine, and from where.

use super::desk::Desk;
use super::prompt::{PromptError, check_step};
use super::{Ask, RefineMode};
use crate::domain::{ScoredSolution, Strategy};

/// Which refinements are to be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) global: bool,
    /// The step from which the local refiner rewrites, from 1.
    pub(super) local: Option<usize>,
}

impl Plan {
    pub(super) fn is_some(&self) -> bool {
        self.global || self.local.is_some()
    }
}

/// Refuses a named step that the solution does not have, before any model runs.
pub(super) fn check(ask: &Ask) -> Result<(), PromptError> {
    match ask {
        Ask::Refine { solution, first_error_step: Some(step), .. } => {
            check_step(*step, solution.steps.len())
        }
        _ => Ok(()),
    }
}

/// Decides from the scores of the first solution; what is skipped, and why, goes into `notes`.
pub(super) fn plan(desk: &Desk<'_>, base: &ScoredSolution, notes: &mut Vec<String>) -> Plan {
    let (mode, named) = match &desk.order.ask {
        Ask::Solve { strategy: Strategy::Glore } => (RefineMode::Both, None),
        Ask::Refine { mode, first_error_step, .. } => (*mode, *first_error_step),
        Ask::Solve { .. } | Ask::Critique { .. } => return Plan::default(),
    };
    if let (Ask::Solve { .. }, Some(gate), Some(orm)) =
        (&desk.order.ask, desk.settings().gate, base.orm)
        && orm.get() >= gate.get()
    {
        notes.push(format!(
            "Refinements skipped: the ORM gave the draft {:.2}, and the gate is {:.2}.",
            orm.get(),
            gate.get()
        ));
        return Plan::default();
    }
    let global = matches!(mode, RefineMode::Global | RefineMode::Both);
    if mode == RefineMode::Global {
        return Plan { global, local: None };
    }
    let local = named.or(base.first_error_step);
    if local.is_none() {
        notes.push(match base.steps.len() {
            0 => "Local refinement skipped: there are no steps.".to_owned(),
            _ => format!(
                "Local refinement skipped: no step scored under the threshold of {:.2}.",
                desk.threshold().sorm.get()
            ),
        });
    }
    Plan { global, local }
}
