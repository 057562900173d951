//! Six fixed problems for the home page.

use serde::{Deserialize, Serialize};

/// A problem to try at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    pub title: String,
    pub text: String,
    pub answer: i64,
}

/// Six problems of six families in the generator's own wording; always the same.
pub fn six_examples() -> [Example; 6] {
    TEXTS.map(|(title, text, answer)| Example {
        title: title.to_owned(),
        text: text.to_owned(),
        answer,
    })
}

/// Written by hand in the phrases of the families, so that a model trained on the generator knows
/// them.
const TEXTS: [(&str, &str, i64); 6] = [
    (
        "Apples",
        "Ana has 14 apples. Ben has 9 more apples than Ana. Tom has 3 times as many apples as Ana. \
         How many apples do Ana and Ben have together?",
        37,
    ),
    (
        "Boxes",
        "Leo has 4 boxes of 6 pens and 3 bags of 8 pens. He also has 2 loose pens. \
         Then he packs all pens into trays of 10. How many trays does Leo fill?",
        5,
    ),
    (
        "Change",
        "Cups cost 6 dollars each. Plums are 2 dollars each. Mia buys 3 cups and 5 plums. \
         Mia pays with 50 dollars. How many dollars does she get back?",
        22,
    ),
    (
        "Ages",
        "Sara is 12 years old. Max is twice as old as Sara. Max was born 5 years before Nina. \
         How old will Nina be in 6 years?",
        25,
    ),
    (
        "Rates",
        "Jack reads 12 pages an hour. The book has 100 pages. He reads for 3 hours on Monday \
         and 2 hours on Tuesday. How many more pages does Jack have to read?",
        40,
    ),
    (
        "Fractions",
        "Emma has 48 stickers. Emma gives one third of the stickers to Paul. \
         Then she gives half of the stickers that are left to Kate. \
         How many stickers does Emma have left?",
        16,
    ),
];
