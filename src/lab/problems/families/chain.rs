//! A row of people, each compared with the one before; shared by three families.

use super::super::draft::{Draft, STRETCH};
use super::super::words::{Person, Unit};
use super::super::{Op, QuantityId};

/// What is compared.
#[derive(Clone)]
pub(super) enum Kind {
    Things(Unit),
    Ages,
}

/// How a person stands to the one before.
#[derive(Clone, Copy)]
enum Bond {
    More(i64),
    Fewer(i64),
    Times(i64),
    Half,
}

/// Values in a row stay below, so that their sums stay small too.
const MOST: i64 = 90 * STRETCH;
const MOST_AGE: i64 = 80;
/// How often `b has 3 more than a` is told as `a has 3 fewer than b`.
const TURNED: f64 = 0.25;

impl Kind {
    pub fn unit(&self) -> Unit {
        match self {
            Kind::Things(unit) => unit.clone(),
            Kind::Ages => Unit::new("year old", "years old"),
        }
    }

    /// The words before the number in a step.
    pub fn name(&self, person: Person) -> String {
        match self {
            Kind::Things(_) => format!("{} has", person.name),
            Kind::Ages => format!("{} is", person.name),
        }
    }

    fn most(&self) -> i64 {
        match self {
            Kind::Things(_) => MOST,
            Kind::Ages => MOST_AGE,
        }
    }
}

/// Compares each person with the one before, starting from the value of the first. Returns all
/// values; the sentences come as a list, to be shuffled by the caller. `factors` is the chance of a
/// factor.
pub(super) fn build(
    d: &mut Draft,
    kind: &Kind,
    people: &[Person],
    first: QuantityId,
    factors: f64,
) -> (Vec<QuantityId>, Vec<String>) {
    let mut values = vec![first];
    let mut told = Vec::new();
    for pair in people.windows(2) {
        let before = values[values.len() - 1];
        let (id, sentence) = link(d, kind, (pair[0], before), pair[1], factors);
        // A value that comes back (twice, then half) makes a dull row and hides whose number was
        // taken.
        if values.iter().any(|&other| d.value(other) == d.value(id)) {
            d.spoil();
        }
        values.push(id);
        told.push(sentence);
    }
    (values, told)
}

/// Tells of one more person who stands in some bond to a known one and whom nothing needs.
pub(super) fn bystander(d: &mut Draft, kind: &Kind, known: Person, person: Person) -> String {
    let bond = if d.chance(0.6) { Bond::More(d.range(2, 15)) } else { Bond::Times(d.range(2, 3)) };
    bond_quantity(d, kind, known, person, bond);
    sentence(d, kind, known, person, bond)
}

fn link(
    d: &mut Draft,
    kind: &Kind,
    (known, before): (Person, QuantityId),
    person: Person,
    factors: f64,
) -> (QuantityId, String) {
    let bond = bond(d, d.value(before), kind.most(), factors);
    let (op, k) = bond_quantity(d, kind, known, person, bond);
    let id = d.derive(kind.name(person), &kind.unit(), op, before, k);
    (id, sentence(d, kind, known, person, bond))
}

/// The operation of a bond and its number as a quantity.
fn bond_quantity(
    d: &mut Draft,
    kind: &Kind,
    known: Person,
    person: Person,
    bond: Bond,
) -> (Op, QuantityId) {
    let (unit, pair) = (kind.unit(), (person.name, known.name));
    match bond {
        Bond::More(k) => (Op::Add, d.given(format!("{} over {}", pair.0, pair.1), &unit, k)),
        Bond::Fewer(k) => (Op::Sub, d.given(format!("{} under {}", pair.0, pair.1), &unit, k)),
        Bond::Times(k) => (Op::Mul, d.given("times", &Unit::none(), k)),
        Bond::Half => (Op::Div, d.given("half of", &Unit::none(), 2)),
    }
}

fn bond(d: &mut Draft, value: i64, most: i64, factors: f64) -> Bond {
    if d.chance(factors) {
        let half = value % 2 == 0 && value >= 6;
        if value * 2 <= most && !(half && d.chance(0.4)) {
            return Bond::Times(d.range(2, (most / value).min(5)));
        }
        if half {
            return Bond::Half;
        }
    }
    if value > 8 && (value + 2 > most || d.chance(0.5)) {
        Bond::Fewer(d.range(2, (value - 3).min(most * 2 / 7)))
    } else {
        Bond::More(d.range(2, (most - value).min(most * 2 / 7).max(2)))
    }
}

fn sentence(d: &mut Draft, kind: &Kind, a: Person, b: Person, bond: Bond) -> String {
    let turned = d.chance(TURNED);
    let (bond, a, b) = match bond {
        Bond::More(k) if turned => (Bond::Fewer(k), b.name, a.name),
        Bond::Fewer(k) if turned => (Bond::More(k), b.name, a.name),
        Bond::Times(2) if turned => (Bond::Half, b.name, a.name),
        Bond::Half if turned => (Bond::Times(2), b.name, a.name),
        bond => (bond, a.name, b.name),
    };
    match kind {
        Kind::Things(unit) => things(d, unit, a, b, bond),
        Kind::Ages => ages(d, a, b, bond),
    }
}

/// Every phrase says what is counted: a needless fact about something else may stand right before
/// it.
fn things(d: &mut Draft, unit: &Unit, a: &str, b: &str, bond: Bond) -> String {
    let many = &unit.many;
    match bond {
        Bond::More(k) => d.one_of([
            format!("{b} has {k} more {} than {a}.", unit.of(k)),
            format!("{b} has as many {many} as {a} and {k} more."),
            format!("Compared with {a}, {b} has {k} more {}.", unit.of(k)),
        ]),
        Bond::Fewer(k) => d.one_of([
            format!("{b} has {k} fewer {} than {a}.", unit.of(k)),
            format!("{b} needs {k} more {} to have as many as {a}.", unit.of(k)),
            format!("Compared with {a}, {b} has {k} fewer {}.", unit.of(k)),
        ]),
        Bond::Times(k) => {
            let times = if k == 2 { "twice".to_owned() } else { format!("{k} times") };
            d.one_of([
                format!("{b} has {times} as many {many} as {a}."),
                format!("{b} has {times} the number of {many} that {a} has."),
                format!("For each {} that {a} has, {b} has {k}.", unit.one),
            ])
        }
        Bond::Half => d.one_of([
            format!("{b} has half as many {many} as {a}."),
            format!("{b} has half the number of {many} that {a} has."),
            format!("{b} has only half as many {many} as {a}."),
        ]),
    }
}

fn ages(d: &mut Draft, a: &str, b: &str, bond: Bond) -> String {
    match bond {
        Bond::More(k) => d.one_of([
            format!("{b} is {k} years older than {a}."),
            format!("{b} was born {k} years before {a}."),
            format!("{b} is older than {a} by {k} years."),
        ]),
        Bond::Fewer(k) => d.one_of([
            format!("{b} is {k} years younger than {a}."),
            format!("{b} was born {k} years after {a}."),
            format!("{b} is younger than {a} by {k} years."),
        ]),
        Bond::Times(2) => d.one_of([
            format!("{b} is twice as old as {a}."),
            format!("The age of {b} is twice that of {a}."),
        ]),
        Bond::Times(k) => d.one_of([
            format!("{b} is {k} times as old as {a}."),
            format!("The age of {b} is {k} times that of {a}."),
        ]),
        Bond::Half => d.one_of([
            format!("{b} is half as old as {a}."),
            format!("The age of {b} is half that of {a}."),
        ]),
    }
}
