//! Things in boxes: how many there are, with loose ones, without those taken out, and packed anew.

use super::super::draft::Draft;
use super::super::words::{Unit, list};
use super::super::{Op, QuantityId, distractors};

/// Steps besides those for boxes times contents and their sums.
const EXTRAS: usize = 3;
const MOST_KINDS: usize = 4;

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let least = steps.saturating_sub(EXTRAS).div_ceil(2).max(1);
    let kinds = d.index(least, steps.div_ceil(2).min(MOST_KINDS));
    let mut extras = (steps + 1).saturating_sub(2 * kinds);
    let who = d.person();
    let (name, thing) = (who.name, d.thing());
    let containers = d.containers(kinds + 1);
    let things = &thing.many;

    let mut total = packed(d, name, &thing, &containers[..kinds]);
    let repack = extras == EXTRAS || extras > 0 && d.chance(0.4);
    extras -= usize::from(repack);
    let loose = extras == 2 || extras == 1 && d.chance(0.5);
    extras -= usize::from(loose);
    if loose {
        let k = d.amount(2, 12);
        d.say(format!("{} also has {} loose {}.", who.subject, k, thing.of(k)));
        let k = d.given(format!("{name} has"), &thing.with("loose"), k);
        total = d.derive("With the loose ones it is", &thing, Op::Add, total, k);
    }
    let fewer = extras > 0;
    if fewer {
        let most = d.value(total) - 2;
        let k = d.part(2, 20, most);
        let (sentence, fate) = d.one_of([
            (format!("{name} throws {k} broken {} away.", thing.of(k)), "throws away"),
            (format!("{name} gives {k} of all these {things} to a friend."), "gives away"),
            (format!("{name} sells {k} of all these {things}."), "sells"),
        ]);
        d.say(sentence);
        let k = d.given(format!("{name} {fate}"), &thing, k);
        total = d.derive(format!("Then {name} has"), &thing, Op::Sub, total, k);
    }
    let question = if repack {
        let size = d.divisor(d.value(total), 2, 12);
        let new = &containers[kinds];
        let sentence = d.one_of([
            format!("Then {} packs all {things} into {} of {size}.", who.subject, new.many),
            format!("Then {} puts all {things} into {}, {size} in each.", who.subject, new.many),
        ]);
        d.say(sentence);
        let size = d.given(format!("Each {} holds", new.one), &thing, size);
        d.derive(format!("{name} fills"), new, Op::Div, total, size);
        format!("How many {} does {name} fill?", new.many)
    } else if fewer {
        format!("How many {things} does {name} have left?")
    } else {
        d.one_of([
            format!("How many {things} does {name} have now?"),
            format!("How many {things} does {name} have in all?"),
        ])
    };
    distractors::maybe(d, who);
    question
}

fn packed(d: &mut Draft, name: &str, thing: &Unit, containers: &[Unit]) -> QuantityId {
    let mut sum = None;
    let mut told = Vec::new();
    for container in containers {
        let (count, size) = (d.range(2, 9), d.amount(2, 10));
        told.push(format!("{} of {}", container.count(count), thing.count(size)));
        let count = d.given(format!("{name} has"), container, count);
        let size = d.given(format!("Each {} holds", container.one), thing, size);
        let held = d.derive(format!("The {} hold", container.many), thing, Op::Mul, count, size);
        sum = Some(match sum {
            None => held,
            Some(sum) => {
                d.derive(format!("With the {} it is", container.many), thing, Op::Add, sum, held)
            }
        });
    }
    let told = list(&told);
    let sentence = d.one_of([
        format!("{name} has {told}."),
        format!("There are {told} in {name}'s room."),
        format!("{name} buys {told}."),
    ]);
    d.say(sentence);
    sum.unwrap_or(0)
}
