//! The vocabulary: people, things, units. Short common words, so that a small tokeniser covers them
//! whole.

/// A person with the pronouns the sentences need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub name: &'static str,
    /// she, he
    pub subject: &'static str,
    /// her, him
    pub object: &'static str,
    /// her, his
    pub owner: &'static str,
}

const WOMEN: [&str; 12] =
    ["Ana", "Mia", "Eva", "Lily", "Zoe", "Amy", "Kate", "Rosa", "Nina", "Sara", "Emma", "Julia"];
const MEN: [&str; 12] =
    ["Ben", "Tom", "Sam", "Leo", "Max", "Dan", "Paul", "Adam", "Jack", "Omar", "Luis", "Carl"];

/// All people, in a fixed order.
pub(super) fn people() -> impl Iterator<Item = Person> {
    let women =
        WOMEN.into_iter().map(|name| Person { name, subject: "she", object: "her", owner: "her" });
    let men =
        MEN.into_iter().map(|name| Person { name, subject: "he", object: "him", owner: "his" });
    women.chain(men)
}

/// Whether a word, in any case and without a plural ending, is a first name of the pool.
pub(super) fn is_first_name(word: &str) -> bool {
    WOMEN.iter().chain(&MEN).any(|name| {
        let name = name.strip_suffix('s').unwrap_or(name);
        name.eq_ignore_ascii_case(word)
    })
}

/// What is counted, in singular and plural.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub one: String,
    pub many: String,
}

impl Unit {
    pub fn new(one: &str, many: &str) -> Unit {
        Unit { one: one.to_owned(), many: many.to_owned() }
    }

    /// A noun whose plural only takes an `s`.
    pub fn regular(one: &str) -> Unit {
        Unit::new(one, &format!("{one}s"))
    }

    pub fn dollars() -> Unit {
        Unit::regular("dollar")
    }

    /// For bare factors such as `twice`.
    pub fn none() -> Unit {
        Unit::new("", "")
    }

    /// The same noun after an adjective.
    pub fn with(&self, adjective: &str) -> Unit {
        Unit {
            one: format!("{adjective} {}", self.one),
            many: format!("{adjective} {}", self.many),
        }
    }

    /// The form that goes with the number.
    pub fn of(&self, number: i64) -> &str {
        if number == 1 { &self.one } else { &self.many }
    }

    /// The number and the noun.
    pub fn count(&self, number: i64) -> String {
        format!("{number} {}", self.of(number))
    }
}

/// Small things that people own, lose, buy and share.
pub(super) const THINGS: [&str; 24] = [
    "apple", "pen", "book", "card", "coin", "ball", "shell", "stamp", "toy", "cookie", "pear",
    "plum", "nut", "bead", "sticker", "marble", "key", "cup", "flag", "stone", "badge", "button",
    "rock", "doll",
];

pub(super) const COLOURS: [&str; 10] =
    ["red", "blue", "green", "white", "black", "pink", "brown", "yellow", "orange", "gray"];

/// Singular and plural of what things are packed in.
pub(super) const CONTAINERS: [(&str, &str); 8] = [
    ("box", "boxes"),
    ("bag", "bags"),
    ("jar", "jars"),
    ("pack", "packs"),
    ("tray", "trays"),
    ("basket", "baskets"),
    ("case", "cases"),
    ("sack", "sacks"),
];

pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `half`, `one third`, ... of a whole; the divisor is 2 to 6.
pub(super) fn fraction(divisor: i64) -> &'static str {
    match divisor {
        2 => "half",
        3 => "one third",
        4 => "one fourth",
        5 => "one fifth",
        _ => "one sixth",
    }
}

/// `Ana`, `Ana and Ben`, `Ana, Ben and Tom`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// The sentence with a capital at its start.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
