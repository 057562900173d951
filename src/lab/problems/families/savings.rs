//! Money saved week by week, gifts and costs, and what is missing for a wish.

use super::super::draft::Draft;
use super::super::words::Unit;
use super::super::{Op, distractors};

const SOURCES: [&str; 3] = ["for washing cars", "for walking dogs", "from an aunt"];
const WISHES: [&str; 6] = ["bike", "game", "tent", "guitar", "phone", "camera"];
const MOST_EVENTS: usize = 4;

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    let dollars = Unit::dollars();
    let weeks = Unit::regular("week");
    let who = d.person();
    let (name, subject) = (who.name, who.subject);
    // The money of a week (sums), the weeks (one product), events, then the wish: missing, and
    // weeks to go.
    let sums = d.index(0, 2.min(steps - 1));
    let ending = d.index(0, 2.min(steps - 1 - sums));
    let events = steps - 1 - sums - ending;
    if events > MOST_EVENTS {
        d.spoil();
        return String::new();
    }

    let pay = d.amount(2, 12);
    let opening = d.one_of([
        format!("{name} gets {} a week at home.", dollars.count(pay)),
        format!("Every week {name} earns {} at home.", dollars.count(pay)),
    ]);
    d.say(opening);
    let mut week = d.given(format!("A week gives {name}"), &dollars, pay);
    for source in &SOURCES[..sums] {
        let more = d.amount(2, 8);
        d.say(format!("{subject} also gets {} a week {source}.", dollars.count(more)));
        let more = d.given(format!("{name} gets {source}"), &dollars, more);
        week = d.derive("In a week it is", &dollars, Op::Add, week, more);
    }
    let count = d.range(2, 8);
    let sentence = d.one_of([
        format!("{name} saves all this money for {}.", weeks.count(count)),
        format!("{subject} puts all of it away for {}.", weeks.count(count)),
    ]);
    d.say(sentence);
    let count = d.given("The time is", &weeks, count);
    let mut money = d.derive(format!("{name} saves"), &dollars, Op::Mul, count, week);
    for _ in 0..events {
        let (op, k, sentence) = if d.value(money) > 6 && d.chance(0.5) {
            let k = d.part(2, 40, d.value(money) - 2);
            let spent = d.one_of([
                format!("Then {subject} spends {} on a gift.", dollars.count(k)),
                format!("Then {subject} pays {} for a book.", dollars.count(k)),
                format!("Then {subject} loses {}.", dollars.count(k)),
            ]);
            (Op::Sub, k, spent)
        } else {
            let k = d.amount(2, 30);
            let won = d.one_of([
                format!("Then {subject} finds {}.", dollars.count(k)),
                format!("Then {subject} sells a toy for {}.", dollars.count(k)),
                format!("Then {} uncle gives {} {}.", who.owner, who.object, dollars.count(k)),
            ]);
            (Op::Add, k, won)
        };
        d.say(sentence);
        let k = d.given(
            if op == Op::Add { format!("{name} gains") } else { format!("{name} spends") },
            &dollars,
            k,
        );
        money = d.derive(format!("Then {name} has"), &dollars, op, money, k);
    }
    let question = if ending == 0 {
        d.one_of([
            format!("How many dollars does {name} have now?"),
            format!("How much money does {name} have in dollars?"),
        ])
    } else {
        let (rate, long) = (d.amount(2, 10), d.range(2, 8));
        let missing = if ending == 1 { d.amount(3, 60) } else { rate * long };
        let wish = d.one_of(WISHES);
        let price = d.value(money) + missing;
        d.say(format!("{name} wants a {wish} for {}.", dollars.count(price)));
        let price = d.given(format!("The {wish} costs"), &dollars, price);
        let missing = d.derive(format!("{name} still needs"), &dollars, Op::Sub, price, money);
        if ending == 1 {
            format!("How many dollars does {subject} still need?")
        } else {
            d.say(format!("From now on {subject} saves {} a week.", dollars.count(rate)));
            let rate = d.given("The new rate is", &dollars, rate);
            d.derive("It takes", &weeks, Op::Div, missing, rate);
            format!("How many more weeks does it take to buy the {wish}?")
        }
    };
    distractors::maybe(d, who);
    question
}
