use super::*;
use crate::domain::SolutionId;
use crate::domain::review::{Choice, Verdict};
use proptest::prelude::*;

const STEPS: usize = 5;

fn verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(Verdict::ALL.to_vec())
}

pub fn edit() -> impl Strategy<Value = Edit> {
    let step = 1..=STEPS;
    prop_oneof![
        (step.clone(), prop::option::of(verdict()), any::<bool>())
            .prop_map(|(step, verdict, accepted)| Edit::Rate { step, verdict, accepted }),
        (step.clone(), verdict()).prop_map(|(step, verdict)| Edit::RateRest { step, verdict }),
        (step.clone(), verdict()).prop_map(|(step, verdict)| Edit::RateBefore { step, verdict }),
        (step.clone(), "\\PC{0,8}").prop_map(|(step, text)| Edit::Critique { step, text }),
        (step, "\\PC{0,8}").prop_map(|(step, text)| Edit::Correct { step, text }),
        prop::sample::select(vec![
            None,
            Some(Choice::Same),
            Some(Choice::Solution(SolutionId::new()))
        ])
        .prop_map(|choice| Edit::Choose { choice }),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![4 => edit().prop_map(Action::Edit), 1 => Just(Action::Undo), 1 => Just(Action::Redo)]
}

proptest! {
    #[test]
    fn all_undone_is_a_blank_sheet_and_all_redone_is_what_it_was(
        actions in prop::collection::vec(action(), 0..40)
    ) {
        let mut log = Log::of(actions);
        while log.push(Action::Redo) {}
        let whole = log.sheet(STEPS);
        let mut undone = 0;
        while log.push(Action::Undo) {
            undone += 1;
        }
        prop_assert_eq!(log.sheet(STEPS), Sheet::blank(STEPS));
        prop_assert!(!log.can_undo() && log.can_redo() == (undone > 0));
        let mut redone = 0;
        while log.push(Action::Redo) {
            redone += 1;
        }
        prop_assert_eq!(redone, undone);
        prop_assert_eq!(log.sheet(STEPS), whole);
    }

    #[test]
    fn an_undo_is_taken_back_by_a_redo_and_a_change_by_an_undo(
        actions in prop::collection::vec(action(), 0..20), last in edit()
    ) {
        let mut log = Log::of(actions);
        let before = log.sheet(STEPS);
        log.push(Action::Edit(last));
        let after = log.sheet(STEPS);
        prop_assert!(!log.can_redo(), "a change forgets what was taken back");
        log.push(Action::Undo);
        prop_assert_eq!(log.sheet(STEPS), before);
        log.push(Action::Redo);
        prop_assert_eq!(log.sheet(STEPS), after);
    }

    #[test]
    fn a_row_of_the_log_comes_back_as_it_was(edit in edit()) {
        let (kind, step, data) = edit.parts();
        let text = data.to_string();
        let data = serde_json::from_str(&text).expect("JSON");
        prop_assert_eq!(Edit::read(kind, step, &data), Some(edit));
    }
}

#[test]
fn undo_and_redo_of_nothing_change_nothing() {
    let mut log = Log::default();
    assert!(!log.push(Action::Undo) && !log.push(Action::Redo));
    assert_eq!(log, Log::default());
    assert_eq!(Action::read("open", None, &Value::Null), None);
    assert_eq!(Action::read("rate", None, &Value::Null), None, "a row without its step");
}
