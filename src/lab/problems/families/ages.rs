//! Ages now, later and earlier.

use super::super::Op;
use super::super::draft::Draft;
use super::super::words::Unit;
use super::chain::{self, Kind};

const FACTORS: f64 = 0.35;
const BYSTANDER: f64 = 0.2;

enum Ask {
    Now,
    Later(i64),
    Earlier(i64),
    Sum,
    Difference,
}

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let k = d.range(2, 12);
    let ask = d.one_of([Ask::Now, Ask::Later(k), Ask::Earlier(k), Ask::Sum, Ask::Difference]);
    let shifted_start = steps > 2 && d.chance(0.3);
    let asking = usize::from(!matches!(ask, Ask::Now));
    let with_bystander = d.chance(BYSTANDER);
    let mut people = d.people(steps - asking - usize::from(shifted_start) + 2);
    let extra = people.pop().filter(|_| with_bystander);
    let kind = Kind::Ages;
    let unit = kind.unit();
    let years = Unit::regular("year");

    let start = d.range(4, 30);
    let name = people[0].name;
    let mut sentences = Vec::new();
    let first = if shifted_start {
        let shift = d.range(2, 10);
        let then = d.given(format!("Later {name} will be"), &unit, start + shift);
        let wait = d.given("The time is", &years, shift);
        sentences.push(format!(
            "In {} {name} will be {} years old.",
            years.count(shift),
            start + shift
        ));
        d.derive(kind.name(people[0]), &unit, Op::Sub, then, wait)
    } else {
        sentences.push(
            d.one_of([format!("{name} is {start} years old."), format!("{name} is {start}.")]),
        );
        d.given(kind.name(people[0]), &unit, start)
    };
    let (values, told) = chain::build(d, &kind, &people, first, FACTORS);
    sentences.extend(told);
    if let Some(extra) = extra {
        let known = people[d.index(0, people.len() - 1)];
        sentences.push(chain::bystander(d, &kind, known, extra));
    }
    if d.chance(0.5) {
        d.shuffle(&mut sentences);
    }
    for sentence in sentences {
        d.say(sentence);
    }

    let last = people.len() - 1;
    let (who, age) = (people[last].name, values[last]);
    match ask {
        Ask::Now => {
            d.one_of([format!("How old is {who}?"), format!("What is the age of {who} now?")])
        }
        Ask::Later(k) => {
            let wait = d.given("The time is", &years, k);
            d.derive(format!("Later {who} will be"), &unit, Op::Add, age, wait);
            format!("How old will {who} be in {}?", years.count(k))
        }
        Ask::Earlier(k) => {
            let wait = d.given("The time is", &years, k);
            d.derive(format!("Earlier {who} was"), &unit, Op::Sub, age, wait);
            format!("How old was {who} {} ago?", years.count(k))
        }
        Ask::Sum => {
            let other = d.index(0, last - 1);
            d.derive("The ages add up to", &years, Op::Add, values[other], age);
            let other = people[other].name;
            d.one_of([
                format!("What is the sum of the ages of {other} and {who}?"),
                format!("How many years old are {other} and {who} together?"),
            ])
        }
        Ask::Difference => {
            let other = d.index(0, last - 1);
            let (high, low) =
                if d.value(age) > d.value(values[other]) { (last, other) } else { (other, last) };
            d.derive("The difference is", &years, Op::Sub, values[high], values[low]);
            format!("How many years older is {} than {}?", people[high].name, people[low].name)
        }
    }
}
