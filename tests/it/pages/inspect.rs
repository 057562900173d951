//! What the run page tells besides its answer: sums, formulas, rows side by side, tags, and the
//! forms on it.

use glore::domain::{Run, RunId, RunStatus, SolutionKind};

use super::{all, css, html, one, page_of, post_form, samples};
use crate::app::TestApp;

fn with_steps(steps: &[(&str, f64)]) -> Run {
    let solution = samples::solution(SolutionKind::Draft, steps, Some("$1,200.0"), 0.6);
    samples::run("How many?", Some("1200"), vec![solution])
}

#[tokio::test]
async fn sums_are_done_again_and_marked_in_words() {
    let page = page_of(&with_steps(&[
        ("First 14 + 9 = 24 apples.", 0.9),
        ("Then 10 / 3 = 3.33 and 2 * 3 = 6.", 0.9),
        ("Let x = 5.", 0.9),
        ("No sum here.", 0.9),
    ]))
    .await;
    assert_eq!(one(&page, "#step-1 .sum.wrong"), "✗ 14 + 9 = 24 wrong, it makes 23");
    assert_eq!(
        all(&page, "#step-2 .sum.right"),
        ["✓ 10 / 3 = 3.33 right, rounded", "✓ 2 * 3 = 6 right"]
    );
    assert_eq!(one(&page, "#step-3 .sum.unknown"), "– Let x = 5. not checkable");
    assert_eq!(all(&page, "#step-4 .sum").len(), 0);
}

#[tokio::test]
async fn answers_are_shown_as_written_and_as_compared() {
    let page = page_of(&with_steps(&[("1 + 1 = 2", 0.9)])).await;
    let row = one(&page, ".judged-table tbody tr");
    for words in ["draft", "$1,200.0", "1200", "compared as numbers with 1200: the same"] {
        assert!(row.contains(words), "{row}");
    }
}

#[tokio::test]
async fn formulas_become_mathml_and_hostile_ones_stay_text() {
    let mut run = with_steps(&[
        (r"So $\frac{1}{2} \cdot 8 = 4$.", 0.9),
        (r"$\text{</math><script>alert(1)</script>}$ and \(\href{javascript:x}{y}\)", 0.9),
        ("He pays $14 and $9.", 0.9),
    ]);
    run.problem.text = r"Solve $x^2 = 4$ <b>now</b>, \boxed{2}?".to_owned();
    let page = page_of(&run).await;
    assert_eq!(page.select(&css(".problem .formula math")).count(), 2);
    assert_eq!(page.select(&css(".problem .formula.boxed")).count(), 1);
    assert_eq!(page.select(&css("#step-1 math mfrac")).count(), 1);
    assert_eq!(page.select(&css("#step-3 math")).count(), 0, "money is no formula");
    assert_eq!(
        page.select(&css("main script, main [href^='javascript'], main [style]")).count(),
        0
    );
    assert!(one(&page, "#step-2 [data-step]").contains("javascript"), "it is text");
    assert_eq!(page.select(&css(".problem b")).count(), 0);
}

#[tokio::test]
async fn equal_places_stand_in_equal_rows() {
    let base = [("a = 1", 0.9), ("c = 3", 0.9)];
    let longer = [("a = 1", 0.9), ("b = 2", 0.9), ("d = 4", 0.9)];
    let solutions = vec![
        samples::solution(SolutionKind::Draft, &base, None, 0.2),
        samples::solution(SolutionKind::Global, &longer, None, 0.6),
        samples::solution(SolutionKind::Local, &base[..1], None, 0.1),
    ];
    let page = page_of(&samples::run("How many?", None, solutions)).await;
    let rows: Vec<usize> = page
        .select(&css(".solution .steps"))
        .map(|list| list.select(&css("li.step, li.blank")).count())
        .collect();
    assert_eq!(rows, [3, 3, 3]);
    assert_eq!(page.select(&css("li.blank[aria-hidden=true]")).count(), 3);
    assert_eq!(all(&page, "#global-step-2 .delta").len(), 1, "the change since the step before");
}

#[tokio::test]
async fn tags_are_put_on_found_and_taken_off() {
    let app = TestApp::new().await;
    let run = samples::local_wins();
    app.app.store.runs().insert(&run).await.expect("stored");
    let address = format!("/runs/{}", run.id);
    let put = post_form(&app, &format!("{address}/tags"), "tag=Base+Line").await;
    assert_eq!((put.status.as_u16(), put.header("location")), (303, &*address));
    let page = html(&app.get(&address).await);
    assert_eq!(one(&page, ".tag a"), "base-line");
    let list = html(&app.get("/runs?tag=base-line").await);
    assert_eq!(all(&list, ".runs tbody tr").len(), 1);
    assert!(all(&list, ".chip[aria-current=true]").contains(&"base-line 1".to_owned()));
    assert_eq!(all(&html(&app.get("/runs?tag=other").await), ".runs tbody tr").len(), 0);

    let refused = post_form(&app, &format!("{address}/tags"), "tag=a%3Db").await;
    assert_eq!(refused.status.as_u16(), 422);
    let page = html(&refused);
    assert!(one(&page, "#tag-fault").contains("not `=`"));
    assert_eq!(page.select(&css("#tag[value='a=b']")).count(), 1, "nothing typed is lost");
    for n in 0..19 {
        post_form(&app, &format!("{address}/tags"), &format!("tag=t{n}")).await;
    }
    let full = post_form(&app, &format!("{address}/tags"), "tag=one-more").await;
    assert!(one(&html(&full), "#tag-fault").contains("at most 20 tags"));

    let off = post_form(&app, &format!("{address}/untag"), "tag=base-line").await;
    assert_eq!(off.status.as_u16(), 303);
    assert_eq!(app.app.store.runs().counts().await.expect("counts").of("tag", "base-line"), 0);
    let nowhere = "/runs/run_01890a5d-ac96-774b-bcce-b302099a8057/tags";
    assert_eq!(post_form(&app, nowhere, "tag=x").await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_step_can_be_refined_from_again() {
    let app = TestApp::new().await;
    let run = samples::local_wins();
    app.app.store.runs().insert(&run).await.expect("stored");
    let page = html(&app.get(&format!("/runs/{}", run.id)).await);
    let button = page.select(&css("#local-step-2 button[form]")).next().expect("a button");
    let form = button.attr("form").expect("a form");
    let action = page.select(&css(&format!("form#{form}"))).next().and_then(|f| f.attr("action"));
    assert_eq!(action, Some(&*format!("/runs/{}/refine", run.id)));
    let asked = post_form(&app, action.expect("a form"), "solution=local&step=2").await;
    assert_eq!(asked.status.as_u16(), 303);
    let id = asked.header("location").trim_start_matches("/runs/");
    let id: RunId = id.parse().expect("a run");
    let queued = app.app.store.runs().get(id).await.expect("read").expect("kept");
    assert_eq!(queued.status, RunStatus::Queued);
    let claimed = app.app.store.runs().claim_next().await.expect("store").expect("claimed");
    assert!(claimed.work.contains("\"first_error_step\":2"), "{}", claimed.work);
    assert!(claimed.work.contains("But Ben has 9 more"), "{}", claimed.work);
    // Each leads to the other, and both to the list of the two.
    for (one, other) in [(id, run.id), (run.id, id)] {
        let page = html(&app.get(&format!("/runs/{one}")).await);
        let link = format!("[aria-labelledby=others] a[href=\"/runs/{other}\"]");
        assert_eq!(page.select(&css(&link)).count(), 1);
        let list = page.select(&css("[aria-labelledby=others] p a")).next().expect("a link");
        let list = html(&app.get(list.attr("href").expect("an address")).await);
        assert_eq!(list.select(&css("table.runs tbody tr")).count(), 2);
    }
    for wrong in ["solution=local&step=9", "solution=none&step=1", "solution=draft&step=0"] {
        let path = format!("/runs/{}/refine", run.id);
        assert_eq!(post_form(&app, &path, wrong).await.status.as_u16(), 422, "{wrong}");
    }
}

#[tokio::test]
async fn the_same_call_is_there_for_a_shell_and_for_python() {
    let page = page_of(&samples::local_wins()).await;
    assert!(one(&page, "#curl-again").starts_with("curl -s 'http://127.0.0.1:8080/v1/solve'"));
    assert!(one(&page, "#python-again").contains("\"http://127.0.0.1:8080/v1/solve\""));
    assert_eq!(page.select(&css("a[data-copy-link][href='#step-2']")).count(), 1);
}
