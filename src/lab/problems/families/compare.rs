//! More and fewer: a row of people, then the last one, a difference or a total.

use super::super::draft::Draft;
use super::super::words::{Person, list};
use super::super::{Op, QuantityId, distractors};
use super::chain::{self, Kind};

const BYSTANDER: f64 = 0.25;
/// How often the facts are told in another order than the solution needs them.
const SHUFFLED: f64 = 0.2;

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    row(d, steps, 0.0)
}

/// The row with a chance of factors; also used by the family with factors.
pub(super) fn row(d: &mut Draft, steps: usize, factors: f64) -> String {
    // The question takes up to half of the steps: one for a difference, one for each person added
    // to a total.
    let asking = d.index(0, steps / 2);
    let with_bystander = d.chance(BYSTANDER);
    let mut people = d.people(steps - asking + 2);
    let extra = people.pop().filter(|_| with_bystander);
    let unit = d.thing();
    let kind = Kind::Things(unit.clone());
    let start = d.amount(4, 40);
    let first = d.given(kind.name(people[0]), &unit, start);
    let mut sentences = vec![format!("{} has {}.", people[0].name, unit.count(start))];
    let (values, told) = chain::build(d, &kind, &people, first, factors);
    sentences.extend(told);
    if let Some(extra) = extra {
        let known = people[d.index(0, people.len() - 1)];
        sentences.push(chain::bystander(d, &kind, known, extra));
    }
    if d.chance(SHUFFLED) {
        d.shuffle(&mut sentences);
    }
    for sentence in sentences {
        d.say(sentence);
    }
    if extra.is_none() {
        distractors::maybe(d, people[0]);
    }
    ask(d, &kind, &people, &values, asking)
}

fn ask(
    d: &mut Draft,
    kind: &Kind,
    people: &[Person],
    values: &[QuantityId],
    asking: usize,
) -> String {
    let unit = kind.unit();
    let things = &unit.many;
    let last = people.len() - 1;
    if asking == 0 {
        return format!("How many {things} does {} have?", people[last].name);
    }
    if asking == 1 && d.chance(0.5) {
        let other = d.index(0, last - 1);
        let (high, low) = if d.value(values[last]) > d.value(values[other]) {
            (last, other)
        } else {
            (other, last)
        };
        d.derive("The difference is", &unit, Op::Sub, values[high], values[low]);
        return format!(
            "How many more {things} does {} have than {}?",
            people[high].name, people[low].name
        );
    }
    // The last person is always among them, so that the whole row is needed.
    let mut chosen: Vec<usize> = (0..last).collect();
    d.shuffle(&mut chosen);
    chosen.truncate(asking);
    chosen.push(last);
    chosen.sort_unstable();
    let names: Vec<String> = chosen.iter().map(|&at| people[at].name.to_owned()).collect();
    let name = format!("{} and {} have", names[0], names[1]);
    let mut sum = d.derive(name, &unit, Op::Add, values[chosen[0]], values[chosen[1]]);
    for &at in &chosen[2..] {
        sum = d.derive(
            format!("With {} they have", people[at].name),
            &unit,
            Op::Add,
            sum,
            values[at],
        );
    }
    d.one_of([
        format!("How many {things} do {} have together?", list(&names)),
        format!("What is the number of {things} that {} have in all?", list(&names)),
    ])
}
