//! Six problems to try at once.

/// A problem with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Names it in an address.
    pub slug: &'static str,
    pub title: &'static str,
    pub text: &'static str,
    pub answer: &'static str,
}

/// Short, of two to four steps, with whole numbers: what the embedded models were trained on.
pub const EXAMPLES: [Example; 6] = [
    Example {
        slug: "apples",
        title: "apples",
        text: "Ana has 14 apples. Ben has 9 more apples than Ana. Tom has 3 times as many apples \
               as Ana. How many apples do Ana and Ben have together?",
        answer: "37",
    },
    Example {
        slug: "boxes",
        title: "boxes",
        text: "Leo has 4 boxes of 6 pens and 3 bags of 8 pens. He also has 2 loose pens. Then he \
               packs all pens into trays of 10. How many trays does Leo fill?",
        answer: "5",
    },
    Example {
        slug: "change",
        title: "change",
        text: "Cups cost 6 dollars each. Plums are 2 dollars each. Mia buys 3 cups and 5 plums. \
               Mia pays with 50 dollars. How many dollars does she get back?",
        answer: "22",
    },
    Example {
        slug: "ages",
        title: "ages",
        text: "Sara is 12 years old. Max is twice as old as Sara. Max was born 5 years before \
               Nina. How old will Nina be in 6 years?",
        answer: "25",
    },
    Example {
        slug: "rates",
        title: "rates",
        text: "Jack reads 12 pages an hour. The book has 100 pages. He reads for 3 hours on Monday \
               and 2 hours on Tuesday. How many more pages does Jack have to read?",
        answer: "40",
    },
    Example {
        slug: "fractions",
        title: "fractions",
        text: "Emma has 48 stickers. Emma gives one third of the stickers to Paul. Then she gives \
               half of the stickers that are left to Kate. How many stickers does Emma have left?",
        answer: "16",
    },
];

/// The example of that name.
pub fn example(slug: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Problem;

    #[test]
    fn every_example_passes_the_door_and_has_its_own_name() {
        let slugs: std::collections::HashSet<_> = EXAMPLES.iter().map(|e| e.slug).collect();
        assert_eq!(slugs.len(), EXAMPLES.len());
        for example in EXAMPLES {
            let problem = Problem::parse(example.text, Some(example.answer)).expect("valid");
            assert!(problem.reference_answer().is_some(), "{}", example.slug);
        }
        assert!(example("apples").is_some() && example("nothing").is_none());
    }
}
