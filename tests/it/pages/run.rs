//! The run page says what the run is, and no more.

use glore::domain::RunStatus;

use super::{all, css, html, one, page_of, plain, samples};
use crate::app::TestApp;

#[tokio::test]
async fn a_run_shows_its_answer_its_choice_and_why() {
    let page = page_of(&samples::local_wins()).await;
    assert_eq!(one(&page, "#answer"), "Answer 37");
    assert_eq!(all(&page, ".judged"), ["✓ matches the reference 37", "chosen: local refinement"]);
    let why = one(&page, ".why");
    for words in ["chose the local refinement", "0.83", "0.66 for the global", "0.22 for the draft"]
    {
        assert!(why.contains(words), "{why}");
    }
    assert!(why.ends_with("The first attempt was wrong; the chosen one is right."), "{why}");
    assert_eq!(
        all(&page, ".solution h3"),
        ["Draft", "Global refinement", "Local refinement from step 2"]
    );
    assert_eq!(one(&page, ".solution.chosen h3"), "Local refinement from step 2");
    assert_eq!(all(&page, ".candidates tbody tr").len(), 3);
    assert_eq!(all(&page, ".step.kept").len(), 1);
}

#[tokio::test]
async fn steps_carry_number_bar_shape_and_word() {
    let run = samples::local_wins();
    let page = page_of(&run).await;
    let draft = &run.solutions[0];
    for (step, (word, shape)) in
        draft.steps.iter().zip([("likely", "high"), ("unlikely", "low"), ("unlikely", "low")])
    {
        let at = format!("#step-{}", step.index);
        let number = format!("{:.2}", step.sorm.expect("scored").get());
        assert_eq!(one(&page, &format!("{at} .number")), number);
        assert_eq!(one(&page, &format!("{at} .word")), word);
        let shapes: Vec<_> =
            page.select(&css(&format!("{at} .score use"))).filter_map(|e| e.attr("href")).collect();
        assert_eq!(shapes, [format!("#shape-{shape}")]);
        let fill = page.select(&css(&format!("{at} rect.fill"))).next().expect("a bar");
        let percent = (step.sorm.expect("scored").get() * 100.0).round();
        assert_eq!(fill.attr("width"), Some(percent.to_string().as_str()));
    }
    assert_eq!(page.select(&css("#step-2.first-error")).count(), 1);
    assert!(one(&page, "#step-2 .flag").contains("first drop"));
    assert_eq!(page.select(&css("#local-step-2")).count(), 1);
}

#[tokio::test]
async fn the_strip_says_in_words_what_it_draws() {
    let run = samples::local_wins();
    let page = page_of(&run).await;
    assert_eq!(page.select(&css("svg.strip[role=img]")).count(), 3);
    let words = one(&page, "#draft-strip-desc");
    assert!(words.contains("Step 2: 0.12, unlikely, first drop."), "{words}");
    assert!(words.contains("Threshold 0.50, from validation."), "{words}");
    let strip = "svg.strip[aria-labelledby^='draft-']";
    assert_eq!(page.select(&css(&format!("{strip} .point"))).count(), 3);
    assert_eq!(one(&page, &format!("{strip} .drop-label")), "step 2: first drop");
    assert_eq!(one(&page, &format!("{strip} .halo")), "threshold 0.50 (validation)");
    let rows: usize = run.solutions.iter().map(|solution| solution.steps.len()).sum();
    assert_eq!(all(&page, ".numbers tbody tr").len(), rows, "the same as a table");
}

#[tokio::test]
async fn an_orm_score_is_never_a_verdict_on_a_step() {
    for (name, run) in samples::all() {
        let page = page_of(&run).await;
        let words = page.root_element().text().collect::<String>().to_lowercase();
        for claim in ["step is right", "step is correct", "correct step", "steps are right"] {
            assert!(!words.contains(claim), "{name}: {claim}");
        }
        for orm in page.select(&css(".orm .score, .candidates .score")) {
            assert!(
                orm.value().classes().all(|class| class == "score" || class == "plain"),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn marked_texts_can_be_read_back() {
    let run = samples::local_wins();
    let page = page_of(&run).await;
    for (solution, prefix) in run.solutions.iter().zip(["", "global-", "local-"]) {
        for step in &solution.steps {
            let at = css(&format!("#{prefix}step-{} [data-step]", step.index));
            let shown = page.select(&at).next().expect("the step");
            assert_eq!(plain(shown, "del"), step.text);
        }
    }
}

#[tokio::test]
async fn lists_of_changes_give_both_solutions_back() {
    let run = samples::local_wins();
    let app = TestApp::new().await;
    app.app.store.runs().insert(&run).await.expect("stored");
    let page = html(&app.get(&format!("/runs/{}?view=unified", run.id)).await);
    let diffs: Vec<_> = page.select(&css(".diff")).collect();
    assert_eq!(diffs.len(), 2);
    for (diff, solution) in diffs.iter().zip(&run.solutions[1..]) {
        let side = |selector: &str| {
            diff.select(&css(selector)).map(|line| plain(line, ".none")).collect::<Vec<_>>()
        };
        let with_answer = |solution: &glore::domain::ScoredSolution| {
            solution.step_texts().into_iter().chain(solution.answer.clone()).collect::<Vec<_>>()
        };
        assert_eq!(side("[data-line=same], [data-line=old]"), with_answer(&run.solutions[0]));
        assert_eq!(side("[data-line=same], [data-line=new]"), with_answer(solution));
    }
    for step in 1..=3 {
        assert_eq!(page.select(&css(&format!("#step-{step}"))).count(), 1, "permalinks hold");
    }
    let changes = html(&app.get(&format!("/runs/{}?view=changes", run.id)).await);
    assert_eq!(all(&changes, ".gap"), ["1 step the same"]);
    assert_eq!(one(&changes, ".views [aria-current=true]"), "only changes");
}

#[tokio::test]
async fn a_run_without_a_result_says_what_happened_and_what_to_do() {
    let failed = samples::all().into_iter().find(|(name, _)| *name == "failed").expect("there").1;
    let page = page_of(&failed).await;
    let trouble = one(&page, ".trouble");
    for words in ["This run failed", "not finite", "Solve it again", "non_finite_logits"] {
        assert!(trouble.contains(words), "{trouble}");
    }
    let page = page_of(&samples::unfinished(RunStatus::Cancelled, None)).await;
    assert!(one(&page, ".trouble h2").contains("cancelled"));
    let notes = all(&page_of(&samples::right_draft()).await, ".note");
    assert!(notes[0].contains("Local refinement skipped"), "{notes:?}");
}
