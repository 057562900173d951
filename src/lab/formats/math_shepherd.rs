//! Math-Shepherd: `{input, label, task}`. The input is the problem and `Step 1: ...` with a tag after
//! each step; the label is the same text with `+` or `-` in place of each tag.

use super::field::{Field, Refusal};
use super::gsm8k::unmarked;
use super::{Stepwise, limits};

/// What stands after each step of the input.
const TAG: &str = "ки";

/// One record, without calculator marks and without the words `Step n:`. Labels after the first `-`
/// are not kept.
pub(super) fn read(record: &Field<'_>) -> Result<Stepwise, Refusal> {
    let input = record.at("input");
    let mut parts: Vec<&str> = input.text()?.split(TAG).map(str::trim).collect();
    let after = parts.pop().unwrap_or_default();
    if parts.is_empty() {
        return Err(input.wrong(format!("has no step tag `{TAG}`")));
    }
    if !after.is_empty() {
        return Err(Refusal::Useless("its last step has no tag".to_owned()));
    }
    let right = labels(&record.at("label"), &parts)?;
    let Some((problem, first)) = parts[0].split_once("Step 1:") else {
        return Err(Refusal::Useless("nothing says where its first step begins".to_owned()));
    };
    let problem = limits::problem(problem)?;
    let texts: Vec<String> =
        std::iter::once(first).chain(parts[1..].iter().copied()).map(step).collect();
    let steps = limits::lines(texts.iter().map(String::as_str))?;
    let first_error = right.iter().position(|right| !right).map(|i| i + 1);
    Ok(Stepwise { problem, steps, first_error })
}

/// Reads the label along the parts of the input.
fn labels(label: &Field<'_>, parts: &[&str]) -> Result<Vec<bool>, Refusal> {
    let mut rest = label.text()?;
    let mut right = Vec::with_capacity(parts.len());
    for (i, part) in parts.iter().enumerate() {
        let number = i + 1;
        let Some(after) = rest.trim_start().strip_prefix(part) else {
            return Err(label.wrong(format!("does not repeat step {number} of `input`")));
        };
        let after = after.trim_start();
        let mark = after.chars().next();
        right.push(match mark {
            Some('+') => true,
            Some('-') => false,
            Some(other) => {
                let reason = format!("has `{other}` after step {number}, expected `+` or `-`");
                return Err(label.wrong(reason));
            }
            None => return Err(label.wrong(format!("ends before the mark of step {number}"))),
        });
        rest = &after[1..];
    }
    match rest.trim() {
        "" => Ok(right),
        _ => Err(label.wrong(format!("goes on after the mark of step {}", parts.len()))),
    }
}

/// A step without marks and without its `Step n:`.
fn step(text: &str) -> String {
    let text = unmarked(text.trim());
    let numbered = text.strip_prefix("Step ").and_then(|rest| rest.split_once(':'));
    match numbered {
        Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            rest.trim().to_owned()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const QUESTION: &str = "Pia buys 3 pens at 2 euros and pays with 10. What is her change?";

    fn record(label: &str) -> serde_json::Value {
        let input = format!(
            "{QUESTION} Step 1: The pens cost 3*2 = <<3*2=6>>6 euros. ки\n\
             Step 2: She gets 10-6 = <<10-6=4>>4. The answer is: 4 ки"
        );
        json!({"input": input, "label": format!("{QUESTION} {label}"), "task": "GSM8K"})
    }

    #[test]
    fn steps_and_labels_are_read_side_by_side() {
        let value = record(
            "Step 1: The pens cost 3*2 = <<3*2=6>>6 euros. +\n\
             Step 2: She gets 10-6 = <<10-6=4>>4. The answer is: 4 -",
        );
        let read = read(&Field::root(&value)).expect("read");
        assert_eq!(read.problem, QUESTION);
        let steps = ["The pens cost 3*2 = 6 euros.", "She gets 10-6 = 4. The answer is: 4"];
        assert_eq!(
            (read.steps.as_slice(), read.first_error),
            (&steps.map(String::from)[..], Some(2))
        );
    }

    #[test]
    fn a_label_that_is_no_mark_or_another_text_is_named() {
        let refused = |label: &str| match read(&Field::root(&record(label))) {
            Err(Refusal::Wrong { field, reason }) => format!("{field} {reason}"),
            other => format!("{other:?}"),
        };
        let first = "Step 1: The pens cost 3*2 = <<3*2=6>>6 euros.";
        assert_eq!(
            refused(&format!("{first} ?")),
            "label has `?` after step 1, expected `+` or `-`"
        );
        assert_eq!(
            refused(&format!("{first} +\nStep 2: no")),
            "label does not repeat step 2 of `input`"
        );
        assert_eq!(refused(first), "label ends before the mark of step 1");
    }

    proptest! {
        #[test]
        fn every_mark_is_found_again(steps in prop::collection::vec(("[a-z0-9=+]{1,9}", any::<bool>()), 1..6)) {
            let text = |mark: &dyn Fn(bool) -> &'static str| {
                let lines = steps.iter().enumerate().map(|(i, (step, right))| {
                    format!("Step {}: {step} {}", i + 1, mark(*right))
                });
                format!("Q? {}", lines.collect::<Vec<_>>().join("\n"))
            };
            let value = json!({
                "input": text(&|_| TAG),
                "label": text(&|right| if right { "+" } else { "-" }),
            });
            let read = read(&Field::root(&value)).expect("read");
            let expected = steps.iter().position(|(_, right)| !right).map(|i| i + 1);
            prop_assert_eq!(read.first_error, expected);
            let texts: Vec<String> = steps.into_iter().map(|(step, _)| step).collect();
            prop_assert_eq!(read.steps, texts);
        }
    }
}
