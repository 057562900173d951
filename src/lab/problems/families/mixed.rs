//! Several relations in one story, always with a needless fact.

use super::super::draft::{Draft, MAX_VALUE};
use super::super::words::{Person, Unit};
use super::super::{Op, QuantityId, distractors};
use super::chain::{self, Kind};

const FACTORS: f64 = 0.4;

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let people = d.people(2);
    let things = d.things(2);
    let (thing, other) = (things[0].clone(), things[1].clone());
    let mut story = Story {
        who: people[0],
        partner: people[1],
        together: false,
        thing,
        changed: false,
        dollars: false,
    };

    let mut now = boxes(d, &story);
    while d.missing(steps) > 0 {
        let open = d.missing(steps);
        now = match d.index(0, 3) {
            0 | 1 if open >= 2 && !story.together && !story.dollars => join(d, &mut story, now),
            2 if open <= 3 && !story.dollars => sell(d, &mut story, now),
            _ => change(d, &mut story, now),
        };
    }
    // Only about the first person: after a fact about the partner, "she" would be the wrong one.
    if d.chance(0.5) {
        distractors::other_thing(d, people[0], &other);
    } else {
        distractors::tell(d, people[0]);
    }
    ask(d, &story)
}

struct Story {
    who: Person,
    partner: Person,
    /// The partner's things have been added.
    together: bool,
    thing: Unit,
    /// Something was won or lost, so that what a person has is a matter of when.
    changed: bool,
    /// The things have become money.
    dollars: bool,
}

impl Story {
    fn unit(&self) -> Unit {
        if self.dollars { Unit::dollars() } else { self.thing.clone() }
    }

    /// The words of a step for what there is now.
    fn name(&self) -> String {
        if self.together {
            "Then they have".to_owned()
        } else {
            format!("Then {} has", self.who.name)
        }
    }

    fn subject(&self) -> String {
        if self.together { "they".to_owned() } else { self.who.subject.to_owned() }
    }

    /// `sell` or `sells`.
    fn verb(&self, base: &str) -> String {
        if self.together { base.to_owned() } else { format!("{base}s") }
    }
}

fn boxes(d: &mut Draft, story: &Story) -> QuantityId {
    let container = d.containers(1).remove(0);
    let (count, size) = (d.range(2, 6), d.amount(2, 9));
    let name = story.who.name;
    let (boxes, inside) = (container.count(count), story.thing.count(size));
    let sentence = d.one_of([
        format!("{name} has {boxes} of {inside}."),
        format!("{name} has {boxes} with {inside} in each."),
        format!("{name} buys {boxes}. There are {inside} in each {}.", container.one),
    ]);
    d.say(sentence);
    let count = d.given(format!("{name} has"), &container, count);
    let size = d.given(format!("Each {} holds", container.one), &story.thing, size);
    d.derive(format!("{name} has"), &story.thing, Op::Mul, count, size)
}

fn join(d: &mut Draft, story: &mut Story, now: QuantityId) -> QuantityId {
    let pair = [story.who, story.partner];
    let (values, told) = chain::build(d, &Kind::Things(story.thing.clone()), &pair, now, FACTORS);
    for sentence in told {
        let by_name = pair.iter().any(|person| sentence.starts_with(person.name));
        let link = if story.changed && by_name { "Now " } else { "" };
        d.say(link.to_owned() + &sentence);
    }
    let things = &story.thing.many;
    let sentence = d.one_of([
        format!("They put their {things} together."),
        format!("They put all their {things} into one bag."),
    ]);
    d.say(sentence);
    story.together = true;
    let name = format!("{} and {} have", story.who.name, story.partner.name);
    d.derive(name, &story.thing, Op::Add, values[0], values[1])
}

fn sell(d: &mut Draft, story: &mut Story, now: QuantityId) -> QuantityId {
    let (dollars, most) = (Unit::dollars(), MAX_VALUE * 9 / 10 / d.value(now).max(1));
    let price = d.range(2, most.min(6));
    let (subject, verb) = (story.subject(), story.verb("sell"));
    d.say(format!(
        "Then {subject} {verb} all the {} for {} each.",
        story.thing.many,
        dollars.count(price)
    ));
    let price = d.given(format!("Each {} brings", story.thing.one), &dollars, price);
    story.dollars = true;
    d.derive(story.name(), &dollars, Op::Mul, now, price)
}

fn change(d: &mut Draft, story: &mut Story, now: QuantityId) -> QuantityId {
    let unit = story.unit();
    let (subject, value) = (story.subject(), d.value(now));
    let has = story.verb("lose");
    let (op, k, sentence, word) = if value > 4 && d.chance(0.6) {
        let k = d.part(2, 40, value - 1);
        let sentence = if story.dollars {
            format!("Then {subject} {} {} on food.", story.verb("spend"), unit.count(k))
        } else {
            d.one_of([
                format!("Then {subject} {has} {}.", unit.count(k)),
                format!("Then {subject} {} {} to a friend.", story.verb("give"), unit.count(k)),
            ])
        };
        (Op::Sub, k, sentence, "Lost are")
    } else {
        let k = d.amount(2, 30);
        let verb = d.one_of(["find", "get"]);
        (
            Op::Add,
            k,
            format!("Then {subject} {} {k} more {}.", story.verb(verb), unit.of(k)),
            "New are",
        )
    };
    d.say(sentence);
    let k = d.given(word, &unit, k);
    story.changed = true;
    d.derive(story.name(), &unit, op, now, k)
}

fn ask(d: &mut Draft, story: &Story) -> String {
    let things = story.unit().many;
    let (who, does) = if story.together { ("they", "do") } else { (story.who.name, "does") };
    d.one_of([
        format!("How many {things} {does} {who} have now?"),
        format!("How many {things} {does} {who} have in the end?"),
    ])
}
