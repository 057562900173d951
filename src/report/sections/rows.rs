//! The figures of an evaluation in the order in which they are read, and the paper's beside them.

use crate::report::format::{percent, plain, points};

/// How a figure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Percent,
    Points,
    Plain,
}

impl Unit {
    /// Its writer.
    pub fn writer(self) -> fn(f64) -> String {
        match self {
            Unit::Percent => percent,
            Unit::Points => points,
            Unit::Plain => plain,
        }
    }

    /// Heading of a column of such figures.
    pub fn head(self) -> &'static str {
        match self {
            Unit::Percent => "here, %",
            Unit::Points => "here, points",
            Unit::Plain => "here",
        }
    }
}

/// One figure: its key, what it is, and what the paper reports.
pub type Row = (&'static str, &'static str, Option<f64>);

/// Figures that are read together.
pub struct Group {
    pub caption: &'static str,
    pub unit: Unit,
    pub rows: &'static [Row],
}

/// The first group is drawn as well.
pub const GROUPS: [Group; 5] = [
    Group {
        caption: "Problems solved",
        unit: Unit::Percent,
        rows: &[
            ("greedy", "draft alone", Some(0.53)),
            ("global", "global refinement alone", None),
            ("local", "local refinement alone", None),
            ("glore", "GLoRe: draft, global or local by the ORM", Some(0.65)),
            ("best_of_3", "best of 3 samples by the ORM", None),
            ("majority_of_3", "majority of 3 samples", None),
            ("oracle_of_3", "any of 3 samples right", None),
            ("oracle_dgl", "any of draft, global, local right", None),
        ],
    },
    Group {
        caption: "Differences on the same problems",
        unit: Unit::Points,
        rows: &[
            ("glore_minus_greedy", "GLoRe − draft alone", None),
            ("glore_minus_global", "GLoRe − global alone", None),
            ("glore_minus_local", "GLoRe − local alone", None),
            ("glore_minus_best_of_3", "GLoRe − best of 3", None),
            ("sorm_minus_orm_step_accuracy", "SORM − ORM, steps told right", None),
            ("sorm_minus_orm_step_accuracy_at_half", "the same, threshold 0.5 for both", None),
        ],
    },
    Group {
        caption: "Drafts fixed and broken",
        unit: Unit::Percent,
        rows: &[
            ("fix_rate_global", "wrong drafts fixed by global", Some(0.281)),
            ("fix_rate_local", "wrong drafts fixed by local", Some(0.283)),
            ("fix_rate", "wrong drafts fixed by both, the ORM choosing", Some(0.41)),
            ("fix_rate_either", "wrong drafts fixed by either", None),
            ("break_rate_global_alone", "right drafts broken by global alone", None),
            ("break_rate_local_alone", "right drafts broken by local alone", None),
            ("break_rate", "right drafts broken, the ORM choosing", None),
            ("draft_only_words_wrong", "drafts with right equations and wrong words", None),
        ],
    },
    Group {
        caption: "What the reward models tell right",
        unit: Unit::Percent,
        rows: &[
            ("orm_step_accuracy", "ORM: steps", Some(0.73)),
            ("sorm_step_accuracy", "SORM: steps", Some(0.81)),
            ("orm_step_accuracy_at_half", "ORM: steps, threshold 0.5", None),
            ("sorm_step_accuracy_at_half", "SORM: steps, threshold 0.5", None),
            ("orm_first_error", "ORM: the first error exactly", None),
            ("sorm_first_error", "SORM: the first error exactly", None),
            ("orm_answer_accuracy", "ORM: final answers", None),
            ("sorm_answer_accuracy", "SORM: final answers", None),
        ],
    },
    Group {
        caption: "Area under the ROC curve",
        unit: Unit::Plain,
        rows: &[
            ("orm_auroc", "ORM: answers of drafts", None),
            ("sorm_auroc", "SORM: answers of drafts", None),
            ("orm_auroc_refinements", "ORM: answers of refinements", None),
            ("sorm_auroc_refinements", "SORM: answers of refinements", None),
            ("orm_step_auroc", "ORM: steps", None),
            ("sorm_step_auroc", "SORM: steps", None),
        ],
    },
];
