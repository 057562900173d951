//! Work at a rate: one rate over several times, or several rates; what is done, what is left, how
//! long it takes.

use super::super::draft::Draft;
use super::super::words::{DAYS, Person, Unit, list};
use super::super::{Op, QuantityId, distractors};

/// A kind of work: `reads 12 pages an hour`.
#[derive(Clone, Copy)]
struct Work {
    does: &'static str,
    base: &'static str,
    unit: (&'static str, &'static str),
    /// `an hour` and its unit of time.
    per: (&'static str, &'static str),
    /// The rates that sound natural.
    rates: (i64, i64),
    /// `A book has 90 pages.`
    goal: &'static str,
}

const WORKS: [Work; 8] = [
    work("reads", "read", ("page", "pages"), HOUR, (4, 12), "The book has {}."),
    work("walks", "walk", ("mile", "miles"), HOUR, (2, 5), "The trail is {} long."),
    work("rides", "ride", ("mile", "miles"), HOUR, (5, 12), "The whole trip is {} long."),
    work("bakes", "bake", ("cake", "cakes"), HOUR, (2, 8), "The party needs {}."),
    work("paints", "paint", ("toy", "toys"), HOUR, (2, 12), "A shop wants {}."),
    work("picks", "pick", ("apple", "apples"), MINUTE, (3, 12), "The farm wants {}."),
    work("writes", "write", ("card", "cards"), HOUR, (3, 12), "The school needs {}."),
    work("lays", "lay", ("stone", "stones"), MINUTE, (2, 6), "The path needs {}."),
];
const HOUR: (&str, &str) = ("an hour", "hour");
const MINUTE: (&str, &str) = ("a minute", "minute");

const fn work(
    does: &'static str,
    base: &'static str,
    unit: (&'static str, &'static str),
    per: (&'static str, &'static str),
    rates: (i64, i64),
    goal: &'static str,
) -> Work {
    Work { does, base, unit, per, rates, goal }
}

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let who = d.person();
    let work = d.one_of(WORKS);
    // `left` and `how long for the rest` follow each other: one or two steps at the end.
    let ending = d.index(0, 2.min(steps - 1));
    let body = steps - ending;
    let done = match (body % 2, body <= DAYS.len()) {
        (1, _) if body > 1 && d.chance(0.5) => several_rates(d, who, work, body.div_ceil(2)),
        (_, true) => one_rate(d, who, work, body),
        _ => {
            d.spoil();
            return String::new();
        }
    };
    let question = end(d, who, work, done, ending);
    distractors::maybe(d, who);
    question
}

fn done_name(who: Person, work: Work) -> String {
    format!("{} {}", who.name, work.does)
}

fn unit(work: Work) -> Unit {
    Unit::new(work.unit.0, work.unit.1)
}

fn one_rate(d: &mut Draft, who: Person, work: Work, times: usize) -> QuantityId {
    let (unit, time) = (unit(work), Unit::regular(work.per.1));
    let rate = d.range(work.rates.0, work.rates.1);
    let name = who.name;
    let sentence = format!("{name} {} {} {}.", work.does, unit.count(rate), work.per.0);
    d.say(sentence);
    let rate = d.given(format!("{name} does {}", work.per.0), &unit, rate);
    let mut ids = Vec::new();
    let mut told = Vec::new();
    for day in &DAYS[..times] {
        let long = d.range(2, if times > 3 { 5 } else { 9 });
        told.push(format!("{} on {day}", time.count(long)));
        ids.push(d.given(format!("On {day} {name} works"), &time, long));
    }
    if times == 1 {
        let long = time.count(d.value(ids[0]));
        d.say(format!("{} {} for {long}.", who.subject, work.does));
    } else {
        d.say(format!("{} {} for {}.", who.subject, work.does, list(&told)));
    }
    let mut sum = ids[0];
    for &id in &ids[1..] {
        sum = d.derive("The time adds up to", &time, Op::Add, sum, id);
    }
    d.derive(done_name(who, work), &unit, Op::Mul, sum, rate)
}

fn several_rates(d: &mut Draft, who: Person, work: Work, parts: usize) -> QuantityId {
    let (unit, time) = (unit(work), Unit::regular(work.per.1));
    let name = who.name;
    let mut sum = None;
    for (at, day) in DAYS.iter().enumerate().take(parts) {
        let (rate, long) = (d.range(work.rates.0, work.rates.1), d.range(2, 6));
        let subject = if at == 0 { name } else { who.subject };
        let (amount, times) = (unit.count(rate), time.count(long));
        let sentence = d.one_of([
            format!("On {day} {subject} {} {amount} {} for {times}.", work.does, work.per.0),
            format!("On {day} {subject} {} for {times} at {amount} {}.", work.does, work.per.0),
        ]);
        d.say(sentence);
        let rate = d.given(format!("{name} does {}", work.per.0), &unit, rate);
        let long = d.given(format!("On {day} {name} works"), &time, long);
        let part = d.derive(format!("On {day} {name} {}", work.does), &unit, Op::Mul, long, rate);
        sum = Some(match sum {
            None => part,
            Some(sum) => d.derive(format!("With {day} it is"), &unit, Op::Add, sum, part),
        });
    }
    sum.unwrap_or(0)
}

fn end(d: &mut Draft, who: Person, work: Work, done: QuantityId, ending: usize) -> String {
    let unit = unit(work);
    let (name, base, things) = (who.name, work.base, &unit.many);
    if ending == 0 {
        return d.one_of([
            format!("How many {things} does {name} {base} in all?"),
            format!("How many {things} does {} {base} altogether?", who.subject),
        ]);
    }
    let (rate, long) = (d.range(work.rates.0, work.rates.1), d.range(2, 8));
    let left = if ending == 1 { d.amount(3, 60) } else { rate * long };
    let goal = d.value(done) + left;
    d.slip_in(&work.goal.replace("{}", &unit.count(goal)));
    let goal = d.given("The goal is", &unit, goal);
    let left = d.derive("The rest is", &unit, Op::Sub, goal, done);
    if ending == 1 {
        return format!("How many more {things} does {name} have to {base}?");
    }
    let time = Unit::regular(work.per.1);
    d.say(format!(
        "{} {} the rest at {} {}.",
        who.subject,
        work.does,
        unit.count(rate),
        work.per.0
    ));
    let rate = d.given(format!("{name} does {}", work.per.0), &unit, rate);
    d.derive("The rest takes", &time, Op::Div, left, rate);
    format!("How many {} does the rest take?", time.many)
}
