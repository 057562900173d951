//! Things put together and shared equally among friends.

use super::super::draft::Draft;
use super::super::words::{Person, Unit, list};
use super::super::{Op, QuantityId, distractors};

/// Steps besides the sums and the one division.
const EXTRAS: usize = 3;
const MOST_GIVERS: usize = 6;

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    // n givers take n - 1 sums.
    let extras = d.index(0, EXTRAS.min(steps - 2));
    let givers = steps - extras;
    if givers > MOST_GIVERS {
        d.spoil();
        return String::new();
    }
    let mut people = d.people(givers + 1);
    let friend = people.remove(givers);
    let thing = d.thing();
    let things = &thing.many;

    let mut total = collect(d, &people, &thing);
    let aside = extras == 3 || extras > 0 && d.chance(0.4);
    if aside {
        let k = d.part(1, 12, d.value(total) - 2);
        let (sentence, word) = d.one_of([
            (
                format!("{k} of the {things} {} lost.", if k == 1 { "is" } else { "are" }),
                "Lost are",
            ),
            (format!("They keep {k} of the {things} for the teacher."), "The teacher gets"),
        ]);
        d.say(sentence);
        let k = d.given(word, &thing, k);
        total = d.derive("That leaves", &thing, Op::Sub, total, k);
    }
    let heads = d.divisor(d.value(total), 2, 12);
    let children = d.one_of(["friends", "children", "pupils"]);
    let one = Unit::new(children, children);
    let link = if aside { "the rest" } else { "them" };
    let name = friend.name;
    let sentence = d.one_of([
        format!("They share {link} equally among {heads} {children}, and {name} is one of these."),
        format!("Then {heads} {children}, one of them {name}, share {link} equally."),
        format!("They give {link} to {heads} {children}, as many to {name} as to each other one."),
    ]);
    d.say(sentence);
    let heads = d.given("They share among", &one, heads);
    let share = d.derive(format!("{} gets", friend.name), &thing, Op::Div, total, heads);
    after(d, friend, &thing, share, extras - usize::from(aside), steps);
    distractors::maybe(d, people[0]);
    if d.missing(steps) > 0 {
        d.spoil();
    }
    if extras > usize::from(aside) {
        d.one_of([
            format!("How many {things} does {} have now?", friend.name),
            format!("How many {things} does {} have in the end?", friend.name),
        ])
    } else {
        d.one_of([
            format!("How many {things} does {} get?", friend.name),
            format!("How many {things} does each of them get?"),
        ])
    }
}

fn collect(d: &mut Draft, people: &[Person], thing: &Unit) -> QuantityId {
    let mut ids = Vec::new();
    let mut told = Vec::new();
    for person in people {
        let k = d.amount(3, if people.len() > 3 { 25 } else { 45 });
        told.push(if ids.is_empty() {
            format!("{} has {}", person.name, thing.count(k))
        } else {
            format!("{} has {k}", person.name)
        });
        ids.push(d.given(format!("{} has", person.name), thing, k));
    }
    d.say(format!("{}.", list(&told)));
    let sentence = d.one_of([
        format!("They put all the {} together.", thing.many),
        format!("They put their {} into one big bag.", thing.many),
    ]);
    d.say(sentence);
    let mut sum = ids[0];
    for (at, &id) in ids.iter().enumerate().skip(1) {
        let name = if at == 1 {
            format!("{} and {} have", people[0].name, people[1].name)
        } else {
            format!("With {} they have", people[at].name)
        };
        sum = d.derive(name, thing, Op::Add, sum, id);
    }
    sum
}

/// What happens to one friend's share.
fn after(
    d: &mut Draft,
    friend: Person,
    thing: &Unit,
    share: QuantityId,
    count: usize,
    steps: usize,
) {
    let name = friend.name;
    let mut now = share;
    for _ in 0..count {
        if d.missing(steps) == 0 {
            return;
        }
        let (op, k, sentence) = if d.value(now) > 4 && d.chance(0.5) {
            let k = d.range(1, d.value(now) - 1);
            let lost = d.one_of([
                format!("{name} loses {k} of them."),
                format!("Then {name} sells {}.", thing.count(k)),
            ]);
            (Op::Sub, k, lost)
        } else {
            let k = d.amount(2, 30);
            let won = d.one_of([
                format!("Then {name} buys {k} more."),
                format!("At home {name} has {k} more {}.", thing.of(k)),
            ]);
            (Op::Add, k, won)
        };
        d.say(sentence);
        let k = d.given(
            if op == Op::Add { format!("{name} gains") } else { format!("{name} loses") },
            thing,
            k,
        );
        now = d.derive(format!("Then {name} has"), thing, op, now, k);
    }
}
