//! One thing changed at a time.

use super::{Block, Section};
use crate::report::format::{figure, percent, points};
use crate::report::results::{Figure, Results};
use crate::report::table::Table;

/// Each change beside GLoRe as it is.
pub fn ablations(results: &Results) -> Option<Section> {
    if results.ablations.is_empty() {
        return None;
    }
    let head = [
        "'change",
        "GLoRe, %",
        "95 % interval",
        "against GLoRe as it is, points",
        "95 % interval",
        "n",
    ];
    let mut gains = Table::new("Problems solved", &head);
    let head = ["'change", "fixed, %", "95 % interval", "n", "broken, %", "95 % interval", "n"];
    let mut fixes = Table::new("Wrong drafts fixed and right drafts broken", &head);
    for ablation in &results.ablations {
        let of = |key: &str| ablation.figures.get(key).copied().unwrap_or(Figure::default());
        let [value, interval, _] = figure(&of("glore"), percent);
        let name = || [ablation.name.clone()].into_iter();
        gains.push(name().chain([value, interval]).chain(figure(&of("minus_default"), points)));
        let both = ["fix_rate", "break_rate"].map(|key| figure(&of(key), percent));
        fixes.push(name().chain(both.into_iter().flatten()));
    }
    let text = "Everything else stays as it is; differences are on the same problems, with \
                bootstraps over problems."
        .to_owned();
    let blocks = vec![Block::table(gains), Block::table(fixes)];
    Some(Section { id: "ablations", title: "Ablations".to_owned(), text: vec![text], blocks })
}
