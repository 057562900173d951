//! Prices and counts, a coupon, and the money that is paid, left or missing.

use super::super::draft::Draft;
use super::super::words::{Person, Unit, capital, list};
use super::super::{Op, QuantityId, distractors};

/// Steps besides those for prices times counts and their sums.
const EXTRAS: usize = 3;
const MOST_KINDS: usize = 4;

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let least = steps.saturating_sub(EXTRAS).div_ceil(2).max(1);
    let kinds = d.index(least, steps.div_ceil(2).min(MOST_KINDS));
    // One kind costs one step, each other kind two.
    let mut extras = (steps + 1).saturating_sub(2 * kinds);
    let who = d.person();
    let things = d.things(kinds + 1);

    let dearer = kinds > 1 && (extras == EXTRAS || extras > 0 && d.chance(0.3));
    extras -= usize::from(dearer);
    let coupon = extras == 2 || extras == 1 && d.chance(0.3);
    extras -= usize::from(coupon);

    let total = basket(d, who, &things, kinds, dearer);
    let total = if coupon { use_coupon(d, total) } else { total };
    let question = if extras == 0 {
        let name = who.name;
        let bought: Vec<String> =
            things[..kinds].iter().map(|t| format!("the {}", t.many)).collect();
        d.one_of([
            format!("How many dollars does {name} pay?"),
            format!("How much does {name} pay in dollars?"),
            format!("How many dollars does {name} pay for {}?", list(&bought)),
        ])
    } else {
        settle(d, who, total)
    };
    if d.chance(0.2) {
        let price = d.amount(2, 20);
        d.given(format!("{} cost", capital(&things[kinds].many)), &Unit::dollars(), price);
        d.slip_in(&format!(
            "The shop also sells {} for {} each.",
            things[kinds].many,
            Unit::dollars().count(price)
        ));
    } else {
        distractors::maybe(d, who);
    }
    question
}

/// Prices, counts, costs and their sum.
fn basket(d: &mut Draft, who: Person, things: &[Unit], kinds: usize, dearer: bool) -> QuantityId {
    let dollars = Unit::dollars();
    let mut prices: Vec<QuantityId> = Vec::new();
    for (at, thing) in things[..kinds].iter().enumerate() {
        let name = capital(&thing.many);
        if at == 1 && dearer {
            let more = d.amount(1, 6);
            let first = &things[0];
            d.say(format!("{name} cost {} more each than {}.", dollars.count(more), first.many));
            let more = d.given(format!("{name} cost more than {}", first.many), &dollars, more);
            prices.push(d.derive(
                format!("Each {} costs", thing.one),
                &dollars,
                Op::Add,
                prices[0],
                more,
            ));
        } else {
            let price = d.amount(2, 9);
            let sentence = d.one_of([
                format!("{name} cost {} each.", dollars.count(price)),
                format!("{name} are {} each.", dollars.count(price)),
                format!("One {} costs {}.", thing.one, dollars.count(price)),
            ]);
            d.say(sentence);
            prices.push(d.given(format!("Each {} costs", thing.one), &dollars, price));
        }
    }
    let mut counts = Vec::new();
    let mut bought = Vec::new();
    for thing in &things[..kinds] {
        let count = d.range(2, if kinds > 2 { 6 } else { 9 });
        bought.push(thing.count(count));
        counts.push(d.given(format!("{} buys", who.name), thing, count));
    }
    d.say(format!("{} buys {}.", who.name, list(&bought)));
    let mut sum = None;
    for ((thing, &price), &count) in things[..kinds].iter().zip(&prices).zip(&counts) {
        let cost = d.derive(format!("The {} cost", thing.many), &dollars, Op::Mul, count, price);
        sum = Some(match sum {
            None => cost,
            Some(sum) => {
                d.derive(format!("With the {} it is", thing.many), &dollars, Op::Add, sum, cost)
            }
        });
    }
    sum.unwrap_or(0)
}

fn use_coupon(d: &mut Draft, total: QuantityId) -> QuantityId {
    let dollars = Unit::dollars();
    let most = d.value(total) - 1;
    let off = d.part(1, 8, most);
    let sentence = d.one_of([
        format!("A coupon takes {} off the total.", dollars.count(off)),
        format!("The shop takes {} off the whole price.", dollars.count(off)),
    ]);
    d.say(sentence);
    let off = d.given("The coupon takes off", &dollars, off);
    d.derive("After that it costs", &dollars, Op::Sub, total, off)
}

/// The change, the money left or the money missing.
fn settle(d: &mut Draft, who: Person, total: QuantityId) -> String {
    let dollars = Unit::dollars();
    let (name, subject, owed) = (who.name, who.subject, d.value(total));
    match d.index(0, 2) {
        0 => {
            let bill =
                [10, 20, 50, 100, 200, 500].into_iter().find(|&bill| bill > owed).unwrap_or(200);
            d.say(format!("{name} pays with {}.", dollars.count(bill)));
            let paid = d.given(format!("{name} pays with"), &dollars, bill);
            d.derive(format!("{name} gets back"), &dollars, Op::Sub, paid, total);
            format!("How many dollars does {subject} get back?")
        }
        1 => {
            let money = owed + d.amount(2, 40);
            d.slip_in(&format!("{name} had {} at first.", dollars.count(money)));
            let money = d.given(format!("{name} had"), &dollars, money);
            d.derive(format!("{name} has left"), &dollars, Op::Sub, money, total);
            format!("How many dollars does {name} have left?")
        }
        _ => {
            let money = d.range(1, owed - 1);
            d.say(format!("But {name} only has {}.", dollars.count(money)));
            let money = d.given(format!("{name} has"), &dollars, money);
            d.derive(format!("{name} still needs"), &dollars, Op::Sub, total, money);
            format!("How many more dollars does {name} need?")
        }
    }
}
