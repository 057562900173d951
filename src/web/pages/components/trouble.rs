//! A run that ended without a result: what happened, why, and what to do.

use crate::domain::{Run, RunStatus};

/// Three sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub what: &'static str,
    pub why: String,
    pub todo: &'static str,
    /// The stable word, for searching.
    pub code: Option<String>,
}

impl Trouble {
    /// None for a run that has a result or may still get one.
    pub fn of(run: &Run) -> Option<Self> {
        match run.status {
            RunStatus::Failed => {}
            RunStatus::Cancelled => {
                return Some(Self {
                    what: "This run was cancelled",
                    why: "Somebody asked for it to end before it was done, so there is no result."
                        .to_owned(),
                    todo: "Solve the problem again if you still want an answer.",
                    code: None,
                });
            }
            RunStatus::Queued | RunStatus::Running | RunStatus::Completed => return None,
        }
        let error = run.error.as_ref();
        let code = error.map(|error| error.code.clone());
        Some(Self {
            what: "This run failed",
            why: error.map_or("Nothing is known of the cause.".to_owned(), |e| sentence(&e.detail)),
            todo: advice(code.as_deref().unwrap_or_default()),
            code,
        })
    }
}

/// With a capital and a full stop, whoever wrote it; a role that it begins with stays as it is.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    if text.split_whitespace().next().is_some_and(|word| word.ends_with(':')) {
        return format!("{text}{stop}");
    }
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}{stop}", letters.as_str())
}

fn advice(code: &str) -> &'static str {
    match code {
        "context_exceeded" => "Shorten the problem, or ask for fewer tokens, and solve it again.",
        "deadline_exceeded" => {
            "Solve it again when the server is less busy, with fewer tokens or samples."
        }
        "non_finite_logits" => {
            "Solve it again. If that fails too, the model's weights or number type do not fit: the \
             page “Lab” names the model."
        }
        "engine_unavailable" | "model_unusable" => {
            "Look at the models' status at the top of this page; the server's log says more."
        }
        "interrupted" | "unreadable_order" => "Solve it again.",
        _ => "Solve it again. If that fails too, the server's log says more.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_sentences() {
        assert_eq!(sentence("it broke"), "It broke.");
        assert_eq!(sentence("sorm: it broke"), "sorm: it broke.");
        assert_eq!(sentence("Done."), "Done.");
    }
}
