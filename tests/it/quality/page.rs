//! `/review/quality`.

use scraper::Html;

use super::Review;
use crate::app::TestApp;

fn page(body: &[u8]) -> Html {
    Html::parse_document(std::str::from_utf8(body).expect("UTF-8"))
}

fn rows(page: &Html, section: &str) -> Vec<Vec<String>> {
    let selector = format!(".finding[aria-labelledby={section}] table.data tbody tr");
    let rows = scraper::Selector::parse(&selector).expect("a selector");
    let cells = scraper::Selector::parse("th, td").expect("a selector");
    let words = |cell: scraper::ElementRef<'_>| cell.text().collect::<String>();
    page.select(&rows).map(|row| row.select(&cells).map(words).collect()).collect()
}

#[tokio::test]
async fn an_empty_store_says_what_to_do() {
    let app = TestApp::new().await;
    let answer = app.get("/review/quality").await;
    assert_eq!(answer.status, 200);
    assert!(String::from_utf8_lossy(&answer.body).contains("There is no review queue yet"));
    let review = Review::new().await;
    let answer = review.app.get("/review/quality").await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("first queue") && text.contains("Nothing has been handed in"), "{text}");
    review.app.get("/review/quality?queue=que_none").await.problem_page(404);
    review.app.get("/review/quality?items=0").await.problem_page(422);
}

#[tokio::test]
async fn what_is_defined_has_a_value_and_what_is_not_says_why() {
    let mut review = Review::new().await;
    let (one, run) = review.item("How many pens?").await;
    review.hand_in((&one, &run), "ann", &[1, -1, 9], Some(1)).await;
    let answer = review.app.get("/review/quality").await;
    let shown = page(&answer.body);
    let people = rows(&shown, "people");
    assert_eq!(people[0][0], "Percent agreement");
    assert_eq!(people[0][1], "not defined: only one person has rated");

    review.hand_in((&one, &run), "bob", &[1, -1, 9], Some(0)).await;
    let (two, run) = review.item("How many books?").await;
    review.hand_in((&two, &run), "ann", &[1, 1, 1], None).await;
    review.hand_in((&two, &run), "bob", &[1, 0, 1], None).await;
    let answer = review.app.get(&format!("/review/quality?queue={}", review.queue)).await;
    assert_eq!(answer.status, 200);
    let shown = page(&answer.body);
    let people = rows(&shown, "people");
    // Pairs: good-good, wrong-wrong, good-good, good-fine, good-good.
    assert_eq!(people[0][1..], ["0.800", "0.667 to 1.000", "2", "5"].map(str::to_owned)[..]);
    assert_eq!(people[3][1], "1.000", "the first error is at step 2 and nowhere");
    assert!(people.iter().all(|row| row[1] != "NaN"), "{people:?}");
    let pairs = rows(&shown, "pairs");
    assert_eq!((pairs.len(), pairs[0][0].as_str()), (1, "ann · bob"));
    let each = rows(&shown, "annotators");
    assert_eq!(each[0][..4], ["ann", "2", "6.0", "0"].map(str::to_owned)[..]);
    // Scores .9 right and .4 wrong, and .9 right: a tie at step 2 ends the second item.
    let sorm = rows(&shown, "sorm");
    assert_eq!((sorm[0][0].as_str(), sorm[0][1].as_str()), ("AUROC", "1.000"));
    assert_eq!(shown.select(&scraper::Selector::parse("svg.reliability").expect("one")).count(), 1);
    let choice = rows(&shown, "choice");
    assert_eq!(choice[0][1], "0.500", "one of two chose what the ORM chose");
}
