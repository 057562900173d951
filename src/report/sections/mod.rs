//! Results as titled tables and pictures, once for the document and the pages.
//!
//! One file a subject, each a function from results to a section, or to none where nothing was
//! measured yet. To add a section, add a file and a line in [`sections`].

mod ablations;
mod annotations;
mod evaluation;
mod labels;
mod made;
mod rows;
mod scores;
mod sweeps;
mod training;

use super::results::Results;
use super::svg::Svg;
use super::table::Table;

/// Where a block is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Both,
    /// Too long for the document.
    Page,
    /// On a page a picture's own table says the same.
    Document,
}

/// A table, and a picture of the same numbers where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub picture: Option<Svg>,
    pub table: Table,
    pub place: Place,
    /// Whether a page shows the table before it is asked to.
    pub open: bool,
}

impl Block {
    fn table(table: Table) -> Self {
        Self { picture: None, table, place: Place::Both, open: true }
    }

    fn picture(picture: Svg, table: Table) -> Self {
        Self { picture: Some(picture), table, place: Place::Both, open: false }
    }
}

/// One subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// For links to it.
    pub id: &'static str,
    pub title: String,
    /// Paragraphs.
    pub text: Vec<String>,
    pub blocks: Vec<Block>,
}

/// Every section that has something to show, in the order in which they are read.
pub fn sections(results: &Results) -> Vec<Section> {
    let test = results.evaluation("test");
    let others = results.evaluations.iter().filter(|evaluation| evaluation.split != "test");
    let first = [
        made::preset(results),
        made::stages(results),
        training::training(results),
        training::pass_at_k(results),
        labels::labels(results),
        test.map(evaluation::test),
        test.and_then(scores::calibration),
        test.and_then(sweeps::thresholds),
        test.and_then(sweeps::gates),
        test.and_then(sweeps::margins),
        ablations::ablations(results),
        annotations::tuned(results),
        annotations::bought(results),
    ];
    first.into_iter().flatten().chain(others.map(evaluation::other)).collect()
}

/// Such as `SORM` for `sorm`.
fn model_word(model: &str) -> String {
    model.to_uppercase()
}

/// Every number that is attributed to the paper in a table, in order.
#[cfg(test)]
pub(super) fn paper() -> Vec<f64> {
    rows::GROUPS.iter().flat_map(|group| group.rows).filter_map(|row| row.2).collect()
}
