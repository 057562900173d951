//! Feeds and the runs at work: bounded, without gaps, never waiting for a reader.

use super::feed::Room;
use super::*;
use crate::domain::{
    Event, ProblemId, Run, RunId, RunKind, RunProblem, RunStatus, Stage, Strategy, Threshold,
    ThresholdSource, Timings, rest,
};
use crate::engine::Cancel;

fn run(status: RunStatus) -> Run {
    let problem = RunProblem { id: ProblemId::new(), text: "x".into(), reference_answer: None };
    let sorm = crate::domain::Probability::new(0.5).expect("a half");
    Run {
        id: RunId::new(),
        object: Run::OBJECT.to_owned(),
        kind: RunKind::Solve,
        strategy: Strategy::Glore,
        status,
        problem,
        solutions: Vec::new(),
        chosen: None,
        answer: None,
        threshold: Threshold { sorm, source: ThresholdSource::Default },
        timings_ms: Timings::default(),
        notes: Vec::new(),
        error: None,
        priority: None,
        created_at: crate::domain::Timestamp::UNIX_EPOCH,
    }
}

fn event() -> Event {
    Event::stage(Stage::Drafting)
}

fn limits(run: usize, all: usize) -> Limits {
    let one = event().bytes();
    Limits { run: run * one, all: all * one }
}

/// How many events there are after the first `after`; none when the reader has to wait.
fn more(feed: &Feed, after: usize) -> Option<usize> {
    match feed.read(after) {
        Read::Events(events) => Some(events.len()),
        Read::Wait => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_run_is_known_while_its_guard_lives() {
    let (live, cancel, run) = (Live::default(), Cancel::new(), run(RunStatus::Running));
    let guard = live.enter(&run, &cancel);
    assert_eq!(live.stage(run.id), None);
    guard.tell(Event::stage(Stage::Scoring));
    assert_eq!(live.stage(run.id), Some("scoring"));
    assert!(live.cancel(run.id) && cancel.is_cancelled());
    let feed = live.feed(run.id).expect("at work");
    drop(guard);
    assert!(!live.cancel(run.id) && live.feed(run.id).is_none());
    assert_eq!(live.count(), 0);
    assert_eq!(more(&feed, 0), Some(2), "whoever reads may go on");
    assert!(matches!(feed.read(2), Read::Over), "it was left without an end");
}

#[test]
fn a_reader_goes_on_from_anywhere() {
    let feed = Feed::new(&Room::new(Limits::default()));
    assert_eq!(more(&feed, 0), None);
    (0..3).for_each(|_| feed.tell(event()));
    assert_eq!(
        [0, 1, 2, 3, 9].map(|after| more(&feed, after)),
        [Some(3), Some(2), Some(1), None, None]
    );
}

#[test]
fn a_reader_hears_of_news_once() {
    let feed = Feed::new(&Room::new(Limits::default()));
    let mut news = feed.news();
    assert!(!news.has_changed().expect("open"));
    (0..1000).for_each(|_| feed.tell(event()));
    assert!(news.has_changed().expect("open"));
    news.mark_unchanged();
    assert!(!news.has_changed().expect("open"));
    assert!(more(&feed, 0).is_some_and(|batch| batch < 1000), "a part at a time");
}

#[test]
fn what_does_not_fit_is_left_out_from_there_on() {
    let room = Room::new(limits(3, 5));
    let (first, second) = (Feed::new(&room), Feed::new(&room));
    (0..9).for_each(|_| first.tell(event()));
    assert_eq!((more(&first, 0), more(&first, 3)), (Some(3), None));
    (0..9).for_each(|_| second.tell(event()));
    assert_eq!(more(&second, 0), Some(2), "both share the room");
    assert_eq!(room.used(), limits(0, 5).all);
    drop(first);
    second.tell(event());
    assert_eq!(more(&second, 0), Some(2), "room came back, but an event is missing");
    let third = Feed::new(&room);
    (0..9).for_each(|_| third.tell(event()));
    assert_eq!(more(&third, 0), Some(3));
    drop((second, third));
    assert_eq!(room.used(), 0);
}

#[test]
fn a_completed_run_is_told_to_its_end_even_if_nothing_fitted() {
    let room = Room::new(limits(2, 9));
    let feed = Feed::new(&room);
    (0..9).for_each(|_| feed.tell(event()));
    let run = run(RunStatus::Completed);
    feed.end(run.clone());
    let Read::Ended(ended) = feed.read(2) else { panic!("the end") };
    assert_eq!(rest(&ended, 2), crate::domain::replay(&run)[2..]);
}

#[test]
fn runs_that_did_not_complete_can_be_read_for_a_while() {
    let live = Live::default();
    let mut ids = Vec::new();
    for _ in 0..100 {
        let run = run(RunStatus::Failed);
        ids.push(run.id);
        live.enter(&run, &Cancel::new()).end(run);
    }
    assert_eq!(live.count(), 0);
    assert!(live.feed(ids[0]).is_none(), "few are kept");
    let feed = live.feed(ids[99]).expect("the last is kept");
    assert!(matches!(feed.read(1), Read::Ended(_)));
    assert!(matches!(feed.read(2), Read::Over), "the end was read");
    let completed = run(RunStatus::Completed);
    live.enter(&completed, &Cancel::new()).end(completed.clone());
    assert!(live.feed(completed.id).is_none(), "the store has it");
}

#[test]
fn those_kept_make_room_for_those_at_work() {
    let live = Live::new(limits(9, 20));
    let mut last = None;
    for _ in 0..50 {
        let run = run(RunStatus::Cancelled);
        let guard = live.enter(&run, &Cancel::new());
        (0..9).for_each(|_| guard.tell(event()));
        let told = more(&guard.feed(), 0);
        assert_eq!(told, Some(9), "each finds room for its own");
        last = Some(run.id);
        guard.end(run);
    }
    assert!(last.is_some_and(|id| live.feed(id).is_some()));
}
