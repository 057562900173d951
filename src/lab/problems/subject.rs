//! Whom a step speaks of: the names and units of the world recognised in its words.

use super::words;
use super::world::{Quantity, World};

/// What the words around an equation say.
pub(super) enum Subject<'w> {
    /// These quantities of the world have exactly this name and unit.
    Known(Vec<&'w Quantity>),
    /// The name is known, but with the unit of something else.
    OtherUnit,
    /// A person whom the world does not know.
    Stranger,
    /// Words that are no name of this world; they claim nothing that could be checked.
    Unnamed,
}

/// Reads the words before and after an equation. Case, punctuation and plural endings do not count.
pub(super) fn recognise<'w>(world: &'w World, before: &str, after: &str) -> Subject<'w> {
    let (name, unit) = (plain(before), plain(after));
    let named: Vec<&Quantity> =
        world.quantities.iter().filter(|q| !q.name.is_empty() && plain(&q.name) == name).collect();
    let exact: Vec<&Quantity> = named.iter().copied().filter(|q| plain(&q.unit) == unit).collect();
    if !exact.is_empty() {
        return Subject::Known(exact);
    }
    let is_a_unit = |q: &Quantity| !q.unit.is_empty() && plain(&q.unit) == unit;
    if !named.is_empty() && world.quantities.iter().any(is_a_unit) {
        return Subject::OtherUnit;
    }
    let knows = |word: &String| world.quantities.iter().any(|q| plain(&q.name).contains(word));
    if name.iter().chain(&unit).any(|word| words::is_first_name(word) && !knows(word)) {
        return Subject::Stranger;
    }
    Subject::Unnamed
}

fn plain(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| {
            let word = word.trim_matches(|ch: char| !ch.is_alphanumeric()).to_lowercase();
            let word = word.strip_suffix("'s").unwrap_or(&word);
            word.strip_suffix('s').unwrap_or(word).to_owned()
        })
        .filter(|word| !word.is_empty())
        .collect()
}
