//! Fractions of a whole and of what is left of it.

use super::super::draft::{Draft, STRETCH};
use super::super::words::{self, Person, Unit};
use super::super::{Op, QuantityId, distractors};

/// Wholes with many divisors.
const WHOLES: [i64; 16] = [12, 18, 20, 24, 30, 36, 40, 48, 54, 60, 72, 80, 96, 108, 120, 144];

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let friends = d.people(6);
    let who = friends[0];
    let thing = d.thing();
    let (name, things) = (who.name, thing.many.clone());
    let whole = d.one_of(WHOLES) * d.range(1, STRETCH);
    let opening = d.one_of([
        format!("{name} has {}.", thing.count(whole)),
        format!("There are {} in {name}'s bag.", thing.count(whole)),
        format!("{name} buys {}.", thing.count(whole)),
    ]);
    d.say(opening);
    let mut now = d.given(format!("At first {name} has"), &thing, whole);
    let mut first = true;
    let mut friends = friends.into_iter().skip(1);
    loop {
        let open = d.missing(steps);
        if open == 0 {
            break;
        }
        let Some(friend) = friends.next() else {
            d.spoil();
            break;
        };
        let several = open != 2 && open != 4 && d.chance(0.4);
        if open == 1 && !first {
            if d.chance(0.5) {
                plain_change(d, who, &thing, now);
                return format!("How many {things} does {name} have at the end?");
            }
            give(d, who, friend, &thing, now, false, first);
            return format!("How many {things} does {} get?", friend.name);
        }
        let part = give(d, who, friend, &thing, now, several && open >= 3, first);
        if d.missing(steps) == 0 {
            return format!("How many {things} does {} get?", friend.name);
        }
        now = d.derive(format!("{name} has left"), &thing, Op::Sub, now, part);
        first = false;
    }
    distractors::maybe(d, who);
    d.one_of([
        format!("How many {things} does {name} have left?"),
        format!("How many {things} does {name} keep?"),
        format!("How many {things} does {name} have at the end?"),
    ])
}

/// Gives a fraction of what is left to the friend and returns how much that is.
fn give(
    d: &mut Draft,
    who: Person,
    friend: Person,
    thing: &Unit,
    now: QuantityId,
    several: bool,
    first: bool,
) -> QuantityId {
    let (low, high) = if several { (3, 5) } else { (2, 6) };
    let divisor = d.divisor(d.value(now), low, high);
    let top = if several { d.range(2, divisor - 1) } else { 1 };
    let words = match (top, words::fraction(divisor)) {
        (1, words) => words.to_owned(),
        (2, words) => format!("{}s", words.replace("one", "two")),
        (3, words) => format!("{}s", words.replace("one", "three")),
        (_, words) => format!("{}s", words.replace("one", "four")),
    };
    let things = &thing.many;
    let of =
        if first { format!("of the {things}") } else { format!("of the {things} that are left") };
    // Names only: with several people around a pronoun would be unclear.
    let (name, other) = (who.name, friend.name);
    let sentence = if first {
        d.one_of([
            format!("{name} gives {words} {of} to {other}."),
            format!("{other} gets {words} {of}."),
            format!("{words} {of} go to {other}."),
        ])
    } else {
        d.one_of([
            format!("Then {name} gives {words} {of} to {other}."),
            format!("Then {other} gets {words} {of}."),
            format!("After that {other} takes {words} {of}."),
        ])
    };
    d.say(sentence);
    let divisor_id = d.given(format!("{} of", words::fraction(divisor)), &Unit::none(), divisor);
    if top == 1 {
        return d.derive(format!("{other} gets"), thing, Op::Div, now, divisor_id);
    }
    let one = d.derive(
        format!("{} is", words::capital(words::fraction(divisor))),
        thing,
        Op::Div,
        now,
        divisor_id,
    );
    let top = d.given("parts", &Unit::none(), top);
    d.derive(format!("{other} gets"), thing, Op::Mul, one, top)
}

fn plain_change(d: &mut Draft, who: Person, thing: &Unit, now: QuantityId) {
    let (name, things) = (who.name, &thing.many);
    let (op, k, sentence, word) = if d.chance(0.5) {
        let k = d.range(1, d.value(now) - 1);
        let sentence = d.one_of([
            format!("In the end {name} loses {k} of {} {things}.", who.owner),
            format!("In the end {name} sells {}.", thing.count(k)),
        ]);
        (Op::Sub, k, sentence, "loses")
    } else {
        let k = d.amount(2, 30);
        let sentence = d.one_of([
            format!("In the end {name} finds {k} more {things}."),
            format!("In the end {name} buys {k} more {things}."),
        ]);
        (Op::Add, k, sentence, "gains")
    };
    d.say(sentence);
    let k = d.given(format!("{name} {word}"), thing, k);
    d.derive(format!("In the end {name} has"), thing, op, now, k);
}
