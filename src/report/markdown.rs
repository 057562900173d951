//! The document: every section as text and tables.

use super::results::Results;
use super::sections::{Place, sections};

/// Results as Markdown, with the same numbers as the pages' pictures.
pub fn markdown(results: &Results) -> String {
    let mut text = "<!-- Written by `glore report`; do not edit. -->\n\n# Results\n".to_owned();
    let name = match results.name.is_empty() {
        true => "",
        false => &format!(" of the run `{}`", results.name.replace('`', "")),
    };
    text += &format!(
        "\nWhat `glore reproduce` measured{name}. `/lab` of a running server shows the same with \
         pictures. Every figure has its n and a 95 % interval where one can be given.\n"
    );
    for section in sections(results) {
        text += &format!("\n## {}\n", section.title);
        for paragraph in &section.text {
            text += &format!("\n{paragraph}\n");
        }
        for block in section.blocks.iter().filter(|block| block.place != Place::Page) {
            text += &format!("\n{}", block.table.markdown());
        }
    }
    if results.evaluations.is_empty() {
        text += "\nNothing has been evaluated yet.\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::results::*;
    use super::*;
    use serde_json::json;

    fn evaluation(split: &str) -> serde_json::Value {
        let figure = |value: f64, n: usize| json!({"value": value, "n": n, "low": value - 0.03, "high": value + 0.03});
        json!({
            "split": split, "data": format!("{split} split, seed 1"), "problems": 1000, "seeds": [1, 2],
            "thresholds": {"sorm": 0.54, "orm": 0.46}, "tokens_per_problem": 120.0,
            "greedy": figure(0.6, 1000), "glore": figure(0.66, 1000), "glore_minus_greedy": figure(0.06, 1000),
            "fix_rate": figure(0.25, 400), "break_rate": figure(0.02, 600),
            "sorm_step_accuracy": figure(0.9, 3100), "surprise": figure(0.5, 3),
            "calibration": [{"model": "orm", "on": "answers", "brier": figure(0.15, 1000),
                "bins": [{"low": 0.9, "high": 1.0, "n": 200, "mean_score": 0.95, "right": 0.9}]}],
            "threshold_sweep": [{"threshold": 0.5, "sorm_steps": 0.9, "orm_steps": 0.8, "sorm_first_error": 0.7, "orm_first_error": 0.6}],
            "gate_sweep": [{"gate": 0.5, "refined": 0.4, "tokens_saved": 0.55, "fixes_lost": 0.1, "glore": 0.65}],
            "margin_sweep": [{"margin": 0.05, "glore": 0.67, "fix_rate": 0.24, "break_rate": 0.01}],
        })
    }

    pub fn whole() -> Results {
        let figure = json!({"value": 0.94, "n": 300, "low": 0.92, "high": 0.96});
        let results = json!({
            "name": "small", "preset": {"name": "small", "seed": 1, "base_rate": 0.0024999999441206455},
            "models": {"orm": "abcdefabcdefabcdef"},
            "stages": [{"name": "samples", "lines": 85826, "counts": {"lines": 85826, "distinct_correct": 30800}}],
            "curves": [{"name": "base", "steps": 100, "points": [
                {"step": 25, "tokens": 1000, "loss": 2.5, "validation_loss": null},
                {"step": 50, "tokens": 2000, "loss": 1.25, "validation_loss": 1.5}]}],
            "pass_at_k": [{"model": "base", "problems": 500, "k": [1, 16], "rate": [0.5, 0.772]}],
            "labels": {"problems": 300, "set_aside": 12, "prefixes": 4000, "rows": [
                {"rule": "any-of-K", "k": 4, "agreement": figure, "false_good": 5, "false_bad": 6},
                {"rule": "any-of-K", "k": 8, "agreement": figure, "false_good": 7, "false_bad": 8}]},
            "evaluations": [evaluation("test"), evaluation("harder")],
            "ablations": [{"name": "the ORM locates", "figures": {"glore": figure, "minus_default": {"value": -0.02, "n": 300, "low": -0.04, "high": 0.01}}}],
        });
        serde_json::from_value(results).expect("results")
    }

    #[test]
    fn the_document_holds_every_part_with_n_and_interval() {
        let text = markdown(&whole()).replace('\u{202f}', " ");
        for part in [
            "<!-- Written by `glore report`; do not edit. -->",
            "| base rate | 0.0025 |",
            "| samples | 85 826 | distinct correct 30 800 |",
            "| base | 50 | 100 | 2 000 | 1.2500 | 1.5000 | 50 |",
            "| 16 | 77.2 (73.3 to 80.7) |",
            "| any-of-K | 8 | 94.0 | 92.0 to 96.0 | 300 | 7 | 8 |",
            "| draft alone | 53.0 | 60.0 | 57.0 to 63.0 | 1 000 |",
            "| GLoRe − draft alone | +6.0 | +3.0 to +9.0 | 1 000 |",
            "| wrong drafts fixed by both, the ORM choosing | 41.0 | 25.0 | 22.0 to 28.0 | 400 |",
            "| SORM: steps | 81.0 | 90.0 | 87.0 to 93.0 | 3 100 |",
            "| surprise | 0.500 |",
            "| 0.90 to 1.00 | 0.950 | 90.0 (85.1 to 93.4) | 200 |",
            "SORM 0.54, ORM 0.46",
            "| 0.05 | 67.0 (64.0 to 69.8) | 24.0 (20.1 to 28.4) |",
            "| the ORM locates | 94.0 | 92.0 to 96.0 | −2.0 | −4.0 to +1.0 | 300 |",
            "## Harder problems: more steps than in training",
        ] {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
        assert!(!text.contains("NaN") && !text.contains("<svg"));
        let harder = text.split("## Harder").nth(1).unwrap_or_default();
        assert!(!harder.contains("paper"), "the paper says nothing about harder problems");
    }

    #[test]
    fn every_picture_of_every_section_is_well_formed_and_has_rows() {
        let pictures = sections(&whole()).into_iter().flat_map(|s| s.blocks);
        let mut drawn = 0;
        for block in pictures {
            assert!(!block.table.rows.is_empty(), "{}", block.table.caption);
            if let Some(svg) = &block.picture {
                crate::report::svg::tests::well_formed(svg);
                drawn += 1;
            }
        }
        assert_eq!(drawn, 9, "curve, pass@k, labels, two evaluations, calibration, three sweeps");
    }

    #[test]
    fn the_papers_numbers_are_these_and_no_others() {
        let reported: Vec<f64> = crate::report::sections::paper();
        assert_eq!(reported, [0.53, 0.65, 0.281, 0.283, 0.41, 0.73, 0.81]);
    }

    #[test]
    fn of_nothing_the_document_says_so() {
        assert!(markdown(&Results::default()).contains("Nothing has been evaluated yet."));
    }
}
