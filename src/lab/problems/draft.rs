//! A problem in the making: families tell facts and derive quantities, the draft keeps text and
//! world in step.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

use super::words::{self, CONTAINERS, Person, THINGS, Unit, capital};
use super::{Equation, Family, Op, Quantity, QuantityId, Relation, WordProblem, World};

/// No number of a problem is larger; a small model has to handle them all.
pub const MAX_VALUE: i64 = 999;
/// Amounts are up to so many times larger than in the easiest problems. Three digits make the
/// arithmetic worth checking: a student that has understood a problem still slips.
pub(super) const STRETCH: i64 = 2;
/// No problem text is longer, in bytes.
const MAX_TEXT: usize = 500;

pub(super) struct Draft<'r> {
    rng: &'r mut dyn Rng,
    quantities: Vec<Quantity>,
    sentences: Vec<String>,
    steps: Vec<String>,
    spoiled: bool,
}

/// Chance.
impl<'r> Draft<'r> {
    pub fn new(rng: &'r mut dyn Rng) -> Self {
        Draft {
            rng,
            quantities: Vec::new(),
            sentences: Vec::new(),
            steps: Vec::new(),
            spoiled: false,
        }
    }

    /// A number from `low` to `high`, both included; an empty range spoils the draft.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        if low > high {
            self.spoil();
            return low;
        }
        self.rng.random_range(low..=high)
    }

    /// An amount: from `low` to `high` times [`STRETCH`].
    pub fn amount(&mut self, low: i64, high: i64) -> i64 {
        self.range(low, high * STRETCH)
    }

    /// A part of an amount: the same, but at most `most`, or `low` where that is less.
    pub fn part(&mut self, low: i64, high: i64, most: i64) -> i64 {
        self.range(low, (high * STRETCH).min(most).max(low))
    }

    /// The same as [`Draft::range`] for counts.
    pub fn index(&mut self, low: usize, high: usize) -> usize {
        if low > high {
            self.spoil();
            return low;
        }
        self.rng.random_range(low..=high)
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }

    pub fn one_of<T, const N: usize>(&mut self, options: [T; N]) -> T {
        const { assert!(N > 0, "a choice needs options") };
        let at = self.rng.random_range(0..N);
        options.into_iter().nth(at).expect("the index is below the length")
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        list.shuffle(self.rng);
    }

    /// Different people, at most as many as there are.
    pub fn people(&mut self, count: usize) -> Vec<Person> {
        let mut all: Vec<Person> = words::people().collect();
        self.shuffle(&mut all);
        all.truncate(count);
        all
    }

    pub fn person(&mut self) -> Person {
        self.people(1)[0]
    }

    /// Different things, at most as many as there are.
    pub fn things(&mut self, count: usize) -> Vec<Unit> {
        let mut all = THINGS;
        self.shuffle(&mut all);
        all.into_iter().take(count).map(Unit::regular).collect()
    }

    pub fn thing(&mut self) -> Unit {
        Unit::regular(self.one_of(THINGS))
    }

    pub fn containers(&mut self, count: usize) -> Vec<Unit> {
        let mut all = CONTAINERS;
        self.shuffle(&mut all);
        all.into_iter().take(count).map(|(one, many)| Unit::new(one, many)).collect()
    }

    /// A divisor of the value in the range; spoils the draft when there is none.
    pub fn divisor(&mut self, value: i64, low: i64, high: i64) -> i64 {
        let all: Vec<i64> = (low..=high).filter(|&d| value % d == 0 && value > d).collect();
        if all.is_empty() {
            self.spoil();
            return 1;
        }
        all[self.rng.random_range(0..all.len())]
    }
}

/// World and text.
impl Draft<'_> {
    /// Gives up: the numbers do not work out and the problem has to be drawn again.
    pub fn spoil(&mut self) {
        self.spoiled = true;
    }

    /// Adds a sentence to the text, with a capital at its start.
    pub fn say(&mut self, sentence: impl AsRef<str>) {
        self.sentences.push(capital(sentence.as_ref()));
    }

    /// Adds a sentence anywhere after the first one.
    pub fn slip_in(&mut self, sentence: &str) {
        let last = self.sentences.len();
        let at = if last == 0 { 0 } else { self.index(1, last) };
        self.sentences.insert(at, capital(sentence));
    }

    /// Adds a quantity that the text tells. The caller says the sentence.
    pub fn given(&mut self, name: impl Into<String>, unit: &Unit, value: i64) -> QuantityId {
        self.push(name.into(), unit, value, None)
    }

    /// Adds a quantity that follows from two others and writes the step that computes it.
    pub fn derive(
        &mut self,
        name: impl Into<String>,
        unit: &Unit,
        op: Op,
        first: QuantityId,
        second: QuantityId,
    ) -> QuantityId {
        let (a, b) = (self.value(first), self.value(second));
        let Some(c) = op.apply(a, b) else {
            self.spoil();
            return first;
        };
        let name = name.into();
        let gap = if unit.many.is_empty() { "" } else { " " };
        self.steps.push(format!("{name} {}{gap}{}.", Equation { a, op, b, c }, unit.of(c)));
        self.push(name, unit, c, Some(Relation { op, operands: [first, second] }))
    }

    pub fn value(&self, id: QuantityId) -> i64 {
        self.quantities[id].value
    }

    /// The steps still to be written out of `wanted`.
    pub fn missing(&self, wanted: usize) -> usize {
        wanted.saturating_sub(self.steps.len())
    }

    fn push(
        &mut self,
        name: String,
        unit: &Unit,
        value: i64,
        from: Option<Relation>,
    ) -> QuantityId {
        let id = self.quantities.len();
        let unit = unit.of(value).to_owned();
        self.quantities.push(Quantity { id, name, unit, value, given: from.is_none(), from });
        id
    }

    /// The finished problem, asking for the quantity derived last; none when the draft is spoiled,
    /// has another number of steps, or leaves the limits on numbers and length.
    pub fn finish(self, family: Family, wanted: usize, question: String) -> Option<WordProblem> {
        let asked = self.quantities.iter().rposition(|q| q.from.is_some())?;
        let in_range = self.quantities.iter().all(|q| (1..=MAX_VALUE).contains(&q.value));
        if self.spoiled || !in_range || self.steps.len() != wanted {
            return None;
        }
        let text = format!("{} {question}", self.sentences.join(" "));
        if text.len() > MAX_TEXT {
            return None;
        }
        let answer = self.quantities[asked].value;
        let world = World { quantities: self.quantities, asked };
        Some(WordProblem { family, text, steps: self.steps, answer, world })
    }
}
