//! Statistics as tables and a picture.

use super::Names;
use crate::domain::agreement::{
    AgainstScores, Estimate, Scale, Weights, against_scores, first_errors,
};
use crate::domain::annotation::{
    Annotator, Choices, Hits, Judgements, Resolve, Reviewed, against_orm, annotators, judgements,
    sorm_pairs,
};
use crate::report::{Dot, Table, reliability};
use crate::web::pages::components::{Finding, FindingBlock, Findings};

/// Seeds the resampling: the same labels always have the same intervals.
const SEED: u64 = 1;
/// Pairs of people in the table; those with most in common come first.
const MOST_PAIRS: usize = 30;
/// Among so many people pairs are looked for.
const MOST_PEOPLE: usize = 40;

/// Everything the page shows of these items.
pub(super) fn measure(items: &[Reviewed], names: &Names) -> Findings {
    if items.is_empty() {
        return Findings { parts: Vec::new() };
    }
    let judged = judgements(items);
    let threshold = items.first().map_or(0.5, |item| item.threshold);
    let scores = against_scores(&sorm_pairs(items, Resolve::Majority), threshold, SEED);
    let parts = vec![
        among_people(&judged),
        pairs(&judged, names),
        each_person(&annotators(items), names),
        against_sorm(&scores, items),
        choices(&against_orm(items)),
    ];
    Findings { parts }
}

fn among_people(judged: &Judgements) -> Finding {
    let mut table = Table::new(
        "Agreement of everybody who rated; a unit is a step, or a pair of people where the first \
         error is compared",
        &["'statistic", "value", "95 % interval", "items", "units"],
    );
    let first = first_errors(&judged.located, SEED);
    for (name, estimate) in [
        ("Percent agreement", judged.ratings.percent_agreement(SEED)),
        ("Krippendorff's alpha, nominal", judged.ratings.alpha(Scale::Nominal, SEED)),
        ("Krippendorff's alpha, ordinal", judged.ratings.alpha(Scale::Ordinal, SEED)),
        ("First error at the same step", first.exact),
        ("First error within one step", first.within_one),
        ("Has an error or none, kappa", first.any_error),
    ] {
        table.push(row(name, &estimate));
    }
    let text = "Intervals resample items, since steps of one solution are not independent. By \
                Krippendorff's convention an alpha of 0.800 and more is reliable, and one of 0.667 \
                and more allows tentative conclusions.";
    part("people", "Among people", text, vec![FindingBlock::table(table)])
}

fn pairs(judged: &Judgements, names: &Names) -> Finding {
    let mut table = Table::new(
        "Pairs of people by what both rated: Cohen's kappa, plain and with linear weights",
        &["'pair", "agree", "kappa", "95 % interval", "weighted", "95 % interval", "steps"],
    );
    let people = judged.people.len().min(MOST_PEOPLE);
    let both = (0..people).flat_map(|a| (a + 1..people).map(move |b| (a, b)));
    let mut found: Vec<_> = both
        .map(|(a, b)| (a, b, judged.ratings.pair(a, b)))
        .filter(|(_, _, pair)| pair.units() > 0)
        .collect();
    found.sort_by_key(|(_, _, pair)| std::cmp::Reverse(pair.units()));
    let all = found.len();
    for (a, b, pair) in found.into_iter().take(MOST_PAIRS) {
        let (plain, linear) = (pair.kappa(Weights::Plain, SEED), pair.kappa(Weights::Linear, SEED));
        let name =
            format!("{} · {}", name(names, &judged.people[a]), name(names, &judged.people[b]));
        table.push([
            name,
            value(&pair.agreement(SEED)),
            value(&plain),
            interval(&plain),
            value(&linear),
            interval(&linear),
            pair.units().to_string(),
        ]);
    }
    let text = match all {
        0 => "No two people have rated the same step yet.".to_owned(),
        n if n > MOST_PAIRS => format!("The {MOST_PAIRS} pairs of {n} with most in common."),
        _ => "Weights count a disagreement of wrong and good twice as much as one of neighbours."
            .to_owned(),
    };
    let blocks = if all == 0 { Vec::new() } else { vec![FindingBlock::table(table)] };
    part("pairs", "Pair by pair", &text, blocks)
}

fn each_person(people: &[Annotator], names: &Names) -> Finding {
    let mut table = Table::new(
        "Work of each person; gold is what an adjudicator marked as such",
        &[
            "'person",
            "handed in",
            "median s",
            "too fast",
            "gold steps",
            "gold first errors",
            "gave up",
            "bad problems",
        ],
    );
    for one in people {
        table.push([
            name(names, &one.person),
            one.submissions.to_string(),
            one.median_seconds.map_or_else(|| "–".to_owned(), |s| format!("{s:.1}")),
            if one.too_fast == 0 { "0".to_owned() } else { format!("⚠ {}", one.too_fast) },
            hits(one.gold_steps),
            hits(one.gold_first_errors),
            one.gave_up.to_string(),
            one.bad_problems.to_string(),
        ]);
    }
    let text = format!(
        "Too fast: under {} s of work for each rated step. It is a reason to look, and nothing is \
         left out because of it.",
        crate::domain::agreement::LEAST_SECONDS_A_STEP
    );
    part("annotators", "Person by person", &text, vec![FindingBlock::table(table)])
}

fn against_sorm(scores: &AgainstScores, items: &[Reviewed]) -> Finding {
    let mut table = Table::new(
        format!("People against the SORM's score, threshold {:.2}", scores.threshold),
        &["'statistic", "value", "95 % interval", "items", "units"],
    );
    table.push(row("AUROC", &scores.auroc));
    table.push(row("Brier score (lower is better)", &scores.brier));
    table.push(row("Agreement at the threshold", &scores.agreement));
    table.push(row("Kappa at the threshold", &scores.kappa));
    let mut confusion = Table::new(
        "Steps by what people and the SORM at its threshold say",
        &["'", "SORM right", "SORM wrong"],
    );
    let c = scores.confusion;
    let cells = |name: &str, right: usize, wrong: usize| {
        [name.to_owned(), right.to_string(), wrong.to_string()]
    };
    confusion.push(cells("people right", c.both_right, c.only_people_right));
    confusion.push(cells("people wrong", c.only_score_right, c.both_wrong));
    let mut blocks = vec![FindingBlock::table(table), FindingBlock::table(confusion)];
    if !scores.bins.is_empty() {
        let title = "Share of steps that people call right, by the SORM's score";
        let mut table = Table::new(title, &["'score", "n", "mean score", "right", "95 % interval"]);
        let mut dots = Vec::new();
        for bin in &scores.bins {
            table.push([
                format!("{:.1} to {:.1}", bin.low, bin.high),
                bin.n.to_string(),
                format!("{:.3}", bin.mean_score),
                format!("{:.3}", bin.right),
                format!("{:.3} to {:.3}", bin.interval.low, bin.interval.high),
            ]);
            dots.push(Dot {
                score: bin.mean_score,
                right: bin.right,
                n: bin.n,
                interval: Some((bin.interval.low, bin.interval.high)),
            });
        }
        blocks.push(FindingBlock::picture(reliability("Reliability of the SORM", &dots), table));
    }
    let other = items.iter().any(|item| (item.threshold - scores.threshold).abs() > 1e-9);
    let mut text =
        "What an adjudicator decided counts, else what most people say of a step; a step \
                    is right as long as none up to it is wrong, which is what the SORM scores."
            .to_owned();
    if other {
        text.push_str(" Some items were scored under another threshold; the newest one's is used.");
    }
    part("sorm", "People and the SORM", &text, blocks)
}

fn choices(found: &Choices) -> Finding {
    let mut table = Table::new(
        "People's choice of the best solution against the ORM's",
        &["'statistic", "value", "95 % interval", "items", "units"],
    );
    table.push(row("Same choice", &found.pairs.agreement(SEED)));
    table.push(row("Kappa", &found.pairs.kappa(Weights::Plain, SEED)));
    let text = format!("Answers that none is better, left out here: {}.", found.same);
    part("choice", "People and the ORM's choice", &text, vec![FindingBlock::table(table)])
}

fn part(id: &str, title: &str, text: &str, blocks: Vec<FindingBlock>) -> Finding {
    Finding { id: id.to_owned(), title: title.to_owned(), text: vec![text.to_owned()], blocks }
}

fn name(names: &Names, person: &str) -> String {
    names.get(person).cloned().unwrap_or_else(|| person.to_owned())
}

fn row(name: &str, estimate: &Estimate) -> [String; 5] {
    [
        name.to_owned(),
        value(estimate),
        interval(estimate),
        estimate.items.to_string(),
        estimate.units.to_string(),
    ]
}

fn value(estimate: &Estimate) -> String {
    match estimate.value {
        Ok(value) => format!("{value:.3}"),
        Err(why) => format!("not defined: {}", why.why()),
    }
}

fn interval(estimate: &Estimate) -> String {
    let written = |i: crate::domain::agreement::Interval| format!("{:.3} to {:.3}", i.low, i.high);
    estimate.interval.map_or_else(|| "–".to_owned(), written)
}

fn hits(hits: Hits) -> String {
    match hits.share() {
        Some(share) => format!("{:.0} % of {}", 100.0 * share, hits.of),
        None => "–".to_owned(),
    }
}
