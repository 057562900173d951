//! Parts and their whole: all parts, all parts but one, or the part that is left of a told whole.

use super::super::draft::Draft;
use super::super::words::{COLOURS, DAYS, Unit, list};
use super::super::{Op, QuantityId, distractors};

/// What the parts are, and how a sentence and a step speak of them.
struct Parts {
    labels: Vec<String>,
    counts: Vec<i64>,
    unit: Unit,
    /// Words of a step: the first two parts together, then each part added.
    begin: fn(&str, &str) -> String,
    add: fn(&str) -> String,
}

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    match d.index(0, 3) {
        0 => people(d, steps),
        1 => days(d, steps),
        2 => not_one_colour(d, steps),
        _ => the_rest(d, steps),
    }
}

/// Adds up the given parts and returns their sum.
fn add_up(d: &mut Draft, parts: &Parts, ids: &[QuantityId]) -> QuantityId {
    let name = (parts.begin)(&parts.labels[0], &parts.labels[1]);
    let mut sum = d.derive(name, &parts.unit, Op::Add, ids[0], ids[1]);
    for (label, &id) in parts.labels.iter().zip(ids).skip(2) {
        sum = d.derive((parts.add)(label), &parts.unit, Op::Add, sum, id);
    }
    sum
}

fn counts(d: &mut Draft, count: usize) -> Vec<i64> {
    let most = if count > 4 { 20 } else { 45 };
    (0..count).map(|_| d.amount(2, most)).collect()
}

fn people(d: &mut Draft, steps: usize) -> String {
    let people = d.people(steps + 1);
    let unit = d.thing();
    let counts = counts(d, people.len());
    let parts = Parts {
        labels: people.iter().map(|p| p.name.to_owned()).collect(),
        counts,
        unit,
        begin: |a, b| format!("{a} and {b} have"),
        add: |label| format!("With {label} they have"),
    };
    let mut ids = Vec::new();
    for (name, &n) in parts.labels.iter().zip(&parts.counts) {
        ids.push(d.given(format!("{name} has"), &parts.unit, n));
        d.say(format!("{name} has {}.", parts.unit.count(n)));
    }
    add_up(d, &parts, &ids);
    distractors::maybe(d, people[0]);
    let things = &parts.unit.many;
    let question = format!("How many {things} do {} have together?", list(&parts.labels));
    d.one_of([
        question.clone(),
        question,
        format!("They put their {things} on one table. How many {things} are on it?"),
        format!("How many {things} do they have in all?"),
    ])
}

fn days(d: &mut Draft, steps: usize) -> String {
    // Seven days make six sums; the stock that is left is one step more.
    let wants_rest = steps > 6 || steps > 2 && d.chance(0.4);
    let days = if wants_rest { steps } else { steps + 1 };
    if days > DAYS.len() {
        d.spoil();
        return String::new();
    }
    let counts = counts(d, days);
    let parts = Parts {
        labels: DAYS[..days].iter().map(|&day| day.to_owned()).collect(),
        counts,
        unit: d.thing(),
        begin: |a, b| format!("On {a} and {b} it sold"),
        add: |label| format!("With {label} it sold"),
    };
    let things = parts.unit.many.clone();
    let total: i64 = parts.counts.iter().sum();
    let stock = total + d.amount(3, 40);
    let opening = if wants_rest {
        d.one_of([
            format!("A shop had {} to sell.", parts.unit.count(stock)),
            format!("At first there were {} in a shop.", parts.unit.count(stock)),
        ])
    } else {
        d.one_of([
            format!("A shop sells {things}."),
            format!("A small shop sells {things} every day."),
        ])
    };
    d.say(opening);
    let stock = wants_rest.then(|| d.given("The shop had", &parts.unit, stock));
    let mut ids = Vec::new();
    let mut told = Vec::new();
    for (day, &n) in parts.labels.iter().zip(&parts.counts) {
        ids.push(d.given(format!("On {day} it sold"), &parts.unit, n));
        told.push(format!("{n} on {day}"));
    }
    d.say(format!("It sold {}.", list(&told)));
    let sum = add_up(d, &parts, &ids);
    match stock {
        Some(stock) => {
            d.derive("The shop has left", &parts.unit, Op::Sub, stock, sum);
            d.one_of([
                format!("How many {things} are left?"),
                format!("How many {things} does the shop still have?"),
            ])
        }
        None => d.one_of([
            format!("How many {things} did it sell in all?"),
            format!("How many {things} were sold on these days together?"),
        ]),
    }
}

fn colours(d: &mut Draft, count: usize) -> (Vec<String>, Unit, String) {
    let mut all = COLOURS;
    d.shuffle(&mut all);
    let labels = all.iter().take(count).map(|&c| c.to_owned()).collect();
    let place = d.one_of(["box", "bag", "jar", "basket"]);
    (labels, d.thing(), place.to_owned())
}

fn not_one_colour(d: &mut Draft, steps: usize) -> String {
    let (mut labels, unit, place) = colours(d, steps + 2);
    let mut counts = counts(d, labels.len());
    let mut ids = Vec::new();
    let mut told = Vec::new();
    for (label, &n) in labels.iter().zip(&counts) {
        let unit = unit.with(label);
        ids.push(d.given(format!("The {place} holds"), &unit, n));
        told.push(unit.count(n));
    }
    let opening = d.one_of([
        format!("A {place} holds {}.", list(&told)),
        format!("In a {place} there are {}.", list(&told)),
    ]);
    d.say(opening);
    let out = d.index(0, labels.len() - 1);
    let skipped = labels.remove(out);
    counts.remove(out);
    ids.remove(out);
    let parts = Parts {
        labels,
        counts,
        unit,
        begin: |a, b| format!("The {a} and {b} ones are"),
        add: |c| format!("With the {c} ones it is"),
    };
    add_up(d, &parts, &ids);
    let things = &parts.unit.many;
    d.one_of([
        format!("How many {things} are not {skipped}?"),
        format!("How many of the {things} have a colour other than {skipped}?"),
    ])
}

fn the_rest(d: &mut Draft, steps: usize) -> String {
    let (mut labels, unit, place) = colours(d, steps + 1);
    let last = labels.pop().unwrap_or_default();
    let counts = counts(d, labels.len());
    let rest = d.amount(2, 40);
    let total: i64 = counts.iter().sum::<i64>() + rest;
    let whole = d.given(format!("The {place} holds"), &unit, total);
    let mut ids = Vec::new();
    let mut told = Vec::new();
    for (label, &n) in labels.iter().zip(&counts) {
        ids.push(d.given(format!("The {place} holds"), &unit.with(label), n));
        told.push(format!("{n} {} {label}", if n == 1 { "is" } else { "are" }));
    }
    let things = unit.many.clone();
    let opening = d.one_of([
        format!("A {place} holds {total} {things}."),
        format!("There are {total} {things} in a {place}."),
    ]);
    d.say(opening);
    d.say(format!("{}, and the rest are {last}.", told.join(", ")));
    let parts = Parts {
        labels,
        counts,
        unit: unit.clone(),
        begin: |a, b| format!("The {a} and {b} ones are"),
        add: |c| format!("With the {c} ones it is"),
    };
    let sum = add_up(d, &parts, &ids);
    d.derive("The rest is", &unit.with(&last), Op::Sub, whole, sum);
    d.one_of([
        format!("How many {last} {things} are there?"),
        format!("How many of the {things} are {last}?"),
    ])
}
