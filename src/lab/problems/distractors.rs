//! Facts with numbers that nothing needs: the solver has to leave them alone.

use super::draft::Draft;
use super::words::{Person, Unit};

/// How often a plain family tells one needless fact.
const USUAL: f64 = 0.25;

/// Sometimes slips one needless fact about the person into what has been told.
pub(super) fn maybe(d: &mut Draft, person: Person) {
    if d.chance(USUAL) {
        tell(d, person);
    }
}

/// Slips in one needless fact about the person.
pub(super) fn tell(d: &mut Draft, person: Person) {
    let name = person.name;
    let (verb, unit, low, high, sentence): (&str, Unit, i64, i64, &str) = d.one_of([
        ("is", Unit::new("year old", "years old"), 8, 15, "is {} years old."),
        ("has", Unit::regular("cat"), 2, 5, "has {} cats at home."),
        ("has", Unit::regular("cousin"), 2, 9, "has {} cousins."),
        ("needs", Unit::regular("minute"), 5, 30, "needs {} minutes to get to school."),
        ("sleeps", Unit::regular("hour"), 7, 10, "sleeps {} hours a night."),
        ("lives at number", Unit::none(), 3, 90, "lives at number {}."),
        ("knows", Unit::regular("song"), 4, 30, "knows {} songs."),
    ]);
    let value = d.range(low, high);
    d.given(format!("{name} {verb}"), &unit, value);
    d.slip_in(&format!("{name} {}", sentence.replace("{}", &value.to_string())));
}

/// Slips in that the person also owns something else.
pub(super) fn other_thing(d: &mut Draft, person: Person, thing: &Unit) {
    let value = d.amount(2, 40);
    d.given(format!("{} has", person.name), thing, value);
    d.slip_in(&format!("{} also has {}.", person.name, thing.count(value)));
}
