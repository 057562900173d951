//! Export, import, export: the same bytes.

use glore::domain::annotation::{Form, Intake, Options, Prm800k, Stepwise};
use glore::store::{Export, Store};

use super::Review;

/// Everything said in one queue, or in all.
async fn export(store: &Store, options: &Options) -> String {
    let mut export = Export::new(options.clone(), None);
    let mut text = String::new();
    while let Some(piece) = export.next(store.quality()).await.expect("read") {
        text.push_str(&piece);
    }
    text
}

fn intake(text: &str, form: Form) -> Vec<Intake> {
    let mut items: Vec<Intake> = Vec::new();
    for line in text.lines() {
        let one = match form {
            Form::Prm800k => {
                let line: Prm800k = serde_json::from_str(line).expect("a line");
                Intake::of_prm800k(&line)
            }
            _ => {
                let line: Stepwise = serde_json::from_str(line).expect("a line");
                Intake::of_stepwise(&line)
            }
        };
        let one = one.expect("known");
        let left = match items.last_mut() {
            Some(last) => last.join(one),
            None => Some(one),
        };
        items.extend(left);
    }
    items
}

#[tokio::test]
async fn what_was_exported_comes_in_and_goes_out_the_same() {
    let mut review = Review::new().await;
    let rows: [&[&[i64]]; 4] = [
        &[&[1, -1, 9], &[1, 1, -1], &[8, 0, 1]],
        &[&[1, 1, 1]],
        &[&[0, 0, 9], &[-1, 9, 9]],
        &[&[9, 9, 9]],
    ];
    for (i, people) in rows.iter().enumerate() {
        // Two items of one problem must not become one.
        let (item, run) = review.item(&format!("Problem {}? “quoted” \u{1f600}", i / 2)).await;
        for (values, person) in people.iter().zip(["ann", "bob", "çelik"]) {
            review.hand_in((&item, &run), person, values, None).await;
        }
        if i == 1 {
            let gold = review.app.app.store.quality();
            let id =
                gold.item(&item).await.expect("read").expect("there").submissions[0].id.clone();
            let now = review.app.app.clock.now();
            assert!(
                gold.mark_gold(&item, Some(&id), &crate::review::local(), now)
                    .await
                    .expect("marked")
            );
        }
    }
    for form in [Form::Prm800k, Form::Trl] {
        let options = Options { form, min_annotations: 1, ..Options::default() };
        let first = export(&review.app.app.store, &options).await;
        assert!(first.lines().count() >= 2, "{first}");
        let dir = tempfile::tempdir().expect("a folder");
        let other = Store::open(dir.path()).await.expect("a store");
        let items = intake(&first, form);
        let now = review.app.app.clock.now();
        other.quality().take_in("taken in", &items, now).await.expect("taken in");
        assert_eq!(export(&other, &options).await, first, "{form:?}");
        assert!(other.quality().take_in("taken in", &items, now).await.is_err(), "one of a name");
        assert_eq!(export(&other, &options).await, first, "nothing of the second is kept");
        // Beside a server, for reading alone.
        let beside = Store::beside(dir.path()).await.expect("opened");
        assert_eq!(export(&beside, &options).await, first);
        assert!(beside.check_writable().await.is_err());
    }
}
