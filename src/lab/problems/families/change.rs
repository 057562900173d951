//! Gains and losses one after the other; the end is asked for, or the start when the end is told.

use super::super::distractors;
use super::super::draft::Draft;
use super::super::words::{Person, Unit};
use super::super::{Op, QuantityId};

const BACKWARDS: f64 = 0.3;
const HALVING: f64 = 0.2;

enum Event {
    Gain(i64),
    Loss(i64),
    Half,
}

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let backwards = d.chance(BACKWARDS);
    let who = d.person();
    let friend = d.person();
    // "Mia took 8 of them. Then she sold 3.": a pronoun must not fit both.
    if friend.subject == who.subject {
        d.spoil();
    }
    let thing = d.thing();
    let (name, things) = (who.name, &thing.many);

    let start = d.amount(8, 60);
    let events = events(d, start, steps, backwards);
    if backwards {
        d.say(format!("{name} had some {things}."));
    } else {
        let opening = d.one_of([
            format!("{name} had {}.", thing.count(start)),
            format!("At first {name} had {}.", thing.count(start)),
            format!("{name} had a bag with {}.", thing.count(start)),
        ]);
        d.say(opening);
    }
    for (at, event) in events.iter().enumerate() {
        let what = sentence(d, who, friend, &thing, event);
        let link = if at == 0 {
            String::new()
        } else {
            d.one_of(["Then ", "After that ", "Later ", ""]).to_owned()
        };
        d.say(link + &what);
    }
    let question = if backwards {
        undo(d, who, &thing, start, &events)
    } else {
        follow(d, who, &thing, start, &events)
    };
    distractors::maybe(d, who);
    question
}

fn events(d: &mut Draft, start: i64, count: usize, backwards: bool) -> Vec<Event> {
    let mut now = start;
    let mut events = Vec::new();
    for _ in 0..count {
        let event = if !backwards && now % 2 == 0 && now >= 8 && d.chance(HALVING) {
            Event::Half
        } else if now > 6 && d.chance(0.5) {
            Event::Loss(d.range(2, now - 2))
        } else {
            Event::Gain(d.amount(2, 40))
        };
        now = match event {
            Event::Gain(k) => now + k,
            Event::Loss(k) => now - k,
            Event::Half => now / 2,
        };
        events.push(event);
    }
    events
}

fn sentence(d: &mut Draft, who: Person, friend: Person, thing: &Unit, event: &Event) -> String {
    let (subject, object, other) = (who.subject, who.object, friend.name);
    match *event {
        Event::Gain(k) => d.one_of([
            format!("{subject} bought {k} more."),
            format!("{subject} found {k} more {}.", thing.of(k)),
            format!("{other} gave {object} {}.", thing.count(k)),
            format!("{subject} got {k} more from {other}."),
        ]),
        Event::Loss(k) => d.one_of([
            format!("{subject} gave {k} of them to {other}."),
            format!("{subject} lost {k} of them."),
            format!("{subject} sold {k} of the {}.", thing.many),
            format!("{other} took {k} of them."),
        ]),
        Event::Half => d.one_of([
            format!("{subject} gave half of {} {} to {other}.", who.owner, thing.many),
            format!("{subject} sold half of {} {}.", who.owner, thing.many),
        ]),
    }
}

fn amount(d: &mut Draft, who: Person, thing: &Unit, event: &Event) -> (Op, QuantityId) {
    let name = who.name;
    match *event {
        Event::Gain(k) => (Op::Add, d.given(format!("{name} gained"), thing, k)),
        Event::Loss(k) => (Op::Sub, d.given(format!("{name} lost"), thing, k)),
        Event::Half => (Op::Div, d.given("half of", &Unit::none(), 2)),
    }
}

fn follow(d: &mut Draft, who: Person, thing: &Unit, start: i64, events: &[Event]) -> String {
    let (name, things) = (who.name, &thing.many);
    let mut now = d.given(format!("At first {name} had"), thing, start);
    for event in events {
        let (op, k) = amount(d, who, thing, event);
        now = d.derive(format!("Then {name} had"), thing, op, now, k);
    }
    d.one_of([
        format!("How many {things} does {name} have now?"),
        format!("How many {things} did {name} have in the end?"),
        format!("How many {things} does {name} have after all that?"),
    ])
}

fn undo(d: &mut Draft, who: Person, thing: &Unit, start: i64, events: &[Event]) -> String {
    let (name, things) = (who.name, &thing.many);
    let end = events.iter().fold(start, |now, event| match *event {
        Event::Gain(k) => now + k,
        Event::Loss(k) => now - k,
        Event::Half => now,
    });
    let closing = d.one_of([
        format!("Now {name} has {}.", thing.count(end)),
        format!("In the end {name} had {}.", thing.count(end)),
    ]);
    d.say(closing);
    let mut now = d.given(format!("Now {name} has"), thing, end);
    for event in events.iter().rev() {
        let (op, k) = amount(d, who, thing, event);
        let back = if op == Op::Add { Op::Sub } else { Op::Add };
        now = d.derive(format!("Before that {name} had"), thing, back, now, k);
    }
    d.one_of([
        format!("How many {things} did {name} have at first?"),
        format!("How many {things} did {name} start with?"),
    ])
}
