//! Do the scores mean what they say?

use super::{Block, Section, model_word};
use crate::report::format::{self, count, figure, plain, setting, share};
use crate::report::results::{Calibration, Evaluation};
use crate::report::svg::{Dot, reliability};
use crate::report::table::Table;

/// One diagram a model and a kind of question.
pub fn calibration(evaluation: &Evaluation) -> Option<Section> {
    if evaluation.calibration.is_empty() {
        return None;
    }
    let caption =
        "Brier score: mean squared distance of score and truth, lower is better; n counts problems";
    let mut table = Table::new(caption, &["'scores", "Brier score", "95 % interval", "n"]);
    for one in &evaluation.calibration {
        table.push([name(one)].into_iter().chain(figure(&one.brier, plain)));
    }
    let mut blocks = vec![Block::table(table)];
    blocks.extend(evaluation.calibration.iter().map(diagram));
    let text =
        "Scores in ten bins, and how often what was scored so was right. Bins count answers \
                or steps, several of one problem, so that their intervals are rather too narrow."
            .to_owned();
    Some(Section { id: "calibration", title: "Calibration".to_owned(), text: vec![text], blocks })
}

fn name(one: &Calibration) -> String {
    format!("{} on {}", model_word(&one.model), one.on)
}

fn diagram(one: &Calibration) -> Block {
    let title = format!("{}: reliability", name(one));
    let mut table =
        Table::new(title.clone(), &["'scores", "mean score", "right, % (95 % interval)", "n"]);
    for bin in &one.bins {
        table.push([
            format!("{} to {}", setting(bin.low), setting(bin.high)),
            plain(bin.mean_score),
            share(bin.right, bin.n),
            count(bin.n as u64),
        ]);
    }
    let dot = |bin: &crate::report::results::Bin| Dot {
        score: bin.mean_score,
        right: bin.right,
        n: bin.n,
        interval: format::interval(bin.right, bin.n),
    };
    let dots: Vec<Dot> = one.bins.iter().map(dot).collect();
    Block::picture(reliability(&title, &dots), table)
}
