//! Texts of models and of people: cut into steps, answers found, sums done again, compared.
#![no_main]

use glore::domain::{Answer, Problem, Solution, align, diff_solutions, diff_words, sums};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let (text, other) = texts;
    let solution = Solution::split(text);
    assert_eq!(Solution::split(&solution.join()), solution, "what is joined splits as before");
    if let Some(answer) = Answer::extract(text) {
        assert_eq!(Answer::parse(&answer.to_string()), Some(answer), "an answer reads back");
    }
    let _ = Problem::parse(text, Some(other));
    if let Ok(checked) = Solution::parse(text, "/solution") {
        assert_eq!(checked, solution, "the door changes nothing");
    }
    for step in &solution.steps {
        sums(step);
    }
    let changed = Solution::split(other);
    align(&solution.steps, &[&changed.steps]);
    diff_solutions(&solution.steps, &changed.steps);
    diff_words(text, other);
});
