//! One run of `glore reproduce`, finished or at work.

use std::path::Path;

use crate::domain::Timestamp;
use crate::report::{Results, collect, last_change, stage_names};
use crate::web::pages::components::{Findings, When};

/// A run counts as at work while a training reported within so many seconds.
const AT_WORK_S: i64 = 60;

/// One stage of the line.
pub struct Stage {
    pub word: String,
    /// `done` or `now`, as the style sheet knows them.
    pub state: &'static str,
}

/// What the page shows of a run.
pub struct RunView {
    pub name: String,
    pub stages: Vec<Stage>,
    /// When a training last reported.
    pub when: Option<When>,
    /// The training at work.
    pub at_work: Option<String>,
    /// Changes whenever a training reports.
    pub seen: String,
    /// Why the run cannot be shown.
    pub trouble: Option<String>,
    pub findings: Findings,
}

impl RunView {
    /// Reads the run `name` under `root`, as seen from `now`. A broken file becomes a sentence.
    pub fn read(root: &Path, name: &str, now: Timestamp) -> Self {
        let folder = root.join(name);
        let changed = last_change(&folder).map(|(at, training)| (Timestamp::from(at), training));
        let (results, trouble) = match collect(&folder) {
            Ok(results) => (results, None),
            Err(error) => (Results::default(), Some(error.to_string())),
        };
        let recent = |at: &Timestamp| (now - *at).whole_seconds() < AT_WORK_S;
        let at_work = changed.as_ref().filter(|(at, _)| recent(at)).map(|(_, name)| name.clone());
        let stage = |word: String| {
            let state = if at_work.as_ref() == Some(&word) { "now" } else { "done" };
            Stage { word, state }
        };
        Self {
            name: name.to_owned(),
            stages: stage_names(&results).into_iter().map(stage).collect(),
            when: changed.as_ref().map(|(at, _)| When::new(*at, now)),
            seen: changed.map_or(String::new(), |(at, _)| at.unix_timestamp_nanos().to_string()),
            findings: Findings::new(&results),
            at_work,
            trouble,
        }
    }
}
