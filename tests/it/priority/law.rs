//! The law of the line, whatever is asked for, taken and changed in whatever order.

use glore::domain::{MOST_OVERTAKEN, Priority, Run, RunId, RunStatus};
use glore::store::Claimed;
use proptest::prelude::*;

use crate::app::TestApp;
use crate::pages::samples;

#[derive(Debug, Clone, Copy)]
enum Deed {
    Ask(Priority),
    Take,
    /// One of those that wait, by its place modulo their number.
    Change(usize, Priority),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let priority = || prop::sample::select(Priority::ALL.to_vec());
    // Urgent ones keep coming, so that the others have something to wait for.
    let asked = prop_oneof![priority(), Just(Priority::High)];
    let deed = prop_oneof![
        5 => asked.prop_map(Deed::Ask),
        4 => Just(Deed::Take),
        1 => (any::<usize>(), priority()).prop_map(|(at, to)| Deed::Change(at, to)),
    ];
    prop::collection::vec(deed, 0..80)
}

/// One that waits, as the test remembers it.
struct Waiting {
    id: RunId,
    priority: Priority,
    /// How many waited when it came.
    before: i64,
    /// How many that came later were taken before it.
    overtaken: i64,
}

/// Takes the next one off the list, and holds it against the law.
fn taken(claimed: &Claimed, waiting: &mut Vec<Waiting>) {
    let at = waiting.iter().position(|one| one.id == claimed.id).expect("it waited");
    let one = waiting.remove(at);
    assert_eq!(claimed.priority, one.priority);
    // Older ones stand before it, younger ones after it.
    let first_of_its_kind = waiting[..at].iter().all(|older| older.priority < one.priority)
        && waiting[at..].iter().all(|younger| younger.priority <= one.priority);
    assert!(at == 0 || first_of_its_kind, "neither the oldest nor the most urgent");
    for older in &mut waiting[..at] {
        older.overtaken += 1;
        let most = MOST_OVERTAKEN * (older.before + 1);
        assert!(older.overtaken <= most, "{} of at most {most}", older.overtaken);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_most_urgent_is_next_and_nobody_is_overtaken_without_end(deeds in deeds()) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let app = TestApp::new().await;
            let runs = app.app.store.runs();
            let mut waiting: Vec<Waiting> = Vec::new();
            for deed in deeds {
                match deed {
                    Deed::Ask(priority) => {
                        let run = samples::unfinished(RunStatus::Queued, None);
                        let run = Run { priority: Some(priority), ..run };
                        runs.insert_queued(&run, "{}", 100).await.expect("queued");
                        let before = i64::try_from(waiting.len()).expect("a few");
                        waiting.push(Waiting { id: run.id, priority, before, overtaken: 0 });
                    }
                    Deed::Take => match runs.claim_next().await.expect("the store") {
                        Some(claimed) => taken(&claimed, &mut waiting),
                        None => assert!(waiting.is_empty()),
                    },
                    Deed::Change(at, to) if !waiting.is_empty() => {
                        let at = at % waiting.len();
                        let changed = runs.prioritise(waiting[at].id, to).await;
                        assert_eq!(changed.expect("the store"), Some(true));
                        waiting[at].priority = to;
                    }
                    Deed::Change(..) => {}
                }
            }
            while let Some(claimed) = runs.claim_next().await.expect("the store") {
                taken(&claimed, &mut waiting);
            }
            assert!(waiting.is_empty(), "everything is taken in the end");
        });
    }
}
