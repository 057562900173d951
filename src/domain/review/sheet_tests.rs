use super::*;
use crate::domain::review::log::{Action, Log};
use proptest::prelude::*;

fn rate(step: usize, verdict: Verdict) -> Edit {
    Edit::Rate { step, verdict: Some(verdict), accepted: false }
}

fn sheet(edits: &[Edit]) -> Sheet {
    Log::of(edits.iter().cloned().map(Action::Edit)).sheet(4)
}

fn values(sheet: &Sheet, mode: Mode) -> Vec<Option<i8>> {
    sheet.labels(mode).into_iter().map(|label| label.value).collect()
}

#[test]
fn not_rated_is_null_and_never_zero() {
    let blank = Sheet::blank(4);
    assert_eq!(values(&blank, Mode::PerStep), [None; 4]);
    let rated = sheet(&[rate(1, Verdict::Fine), rate(2, Verdict::Unsure), rate(3, Verdict::Good)]);
    assert_eq!(values(&rated, Mode::PerStep), [Some(0), None, Some(1), None]);
    let unsure: Vec<bool> = rated.labels(Mode::PerStep).iter().map(|label| label.unsure).collect();
    assert_eq!(unsure, [false, true, false, false]);
    let taken_back =
        sheet(&[rate(1, Verdict::Fine), Edit::Rate { step: 1, verdict: None, accepted: false }]);
    assert_eq!(values(&taken_back, Mode::PerStep), [None; 4]);
}

#[test]
fn nothing_is_said_of_steps_after_the_first_error() {
    let edits = [
        rate(1, Verdict::Good),
        rate(4, Verdict::Good),
        rate(2, Verdict::Wrong),
        Edit::Critique { step: 2, text: "  10 is not 9 ".to_owned() },
    ];
    let sheet = sheet(&edits);
    assert_eq!(values(&sheet, Mode::FirstError), [Some(1), Some(-1), None, None]);
    assert_eq!(values(&sheet, Mode::PerStep), [Some(1), Some(-1), None, Some(1)]);
    assert_eq!(sheet.missing(Mode::FirstError, false), Missing::default());
    assert_eq!(sheet.missing(Mode::PerStep, true), Missing { steps: vec![3], choice: true });
    assert_eq!(sheet.labels(Mode::FirstError)[1].critique.as_deref(), Some("10 is not 9"));
}

#[test]
fn many_steps_at_once_leave_the_others_alone() {
    let before = sheet(&[
        rate(1, Verdict::Fine),
        rate(3, Verdict::Wrong),
        Edit::RateBefore { step: 3, verdict: Verdict::Good },
    ]);
    assert_eq!(values(&before, Mode::PerStep), [Some(0), Some(1), Some(-1), None]);
    let rest = sheet(&[rate(3, Verdict::Fine), Edit::RateRest { step: 2, verdict: Verdict::Good }]);
    assert_eq!(values(&rest, Mode::PerStep), [None, None, Some(1), Some(1)]);
}

proptest! {
    #[test]
    fn a_value_is_there_exactly_for_a_step_that_was_decided(
        verdicts in prop::collection::vec(
            prop::option::of(prop::sample::select(Verdict::ALL.to_vec())), 0..8),
        per_step: bool,
    ) {
        let mode = if per_step { Mode::PerStep } else { Mode::FirstError };
        let mut sheet = Sheet::blank(verdicts.len());
        for (mark, verdict) in sheet.marks.iter_mut().zip(&verdicts) {
            mark.verdict = *verdict;
        }
        let last = sheet.last(mode);
        let labels = sheet.labels(mode);
        prop_assert_eq!(labels.len(), verdicts.len());
        for (label, verdict) in labels.iter().zip(&verdicts) {
            let counts = label.step <= last;
            prop_assert_eq!(label.value, verdict.filter(|_| counts).and_then(Verdict::value));
            prop_assert!(!(label.unsure && label.value.is_some()));
        }
        if mode == Mode::FirstError {
            let wrong = labels.iter().filter(|label| label.value == Some(-1)).count();
            prop_assert!(wrong <= 1);
        }
    }
}
