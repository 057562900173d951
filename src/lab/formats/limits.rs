//! What a record must keep to in order to be of use here: the limits a client's input has.

use super::field::Refusal;
use crate::domain::{MAX_STEP_BYTES, MAX_STEPS, Problem};

/// The trimmed text of a problem; blank ones and those over the limits are set aside.
pub(super) fn problem(text: &str) -> Result<String, Refusal> {
    let problem = Problem::parse(text, None)
        .map_err(|invalid| Refusal::Useless(format!("its problem: {}", invalid.detail)))?;
    Ok(problem.text().to_owned())
}

/// Refuses too many steps, and steps that are too long or hold control characters.
pub(super) fn steps<'a>(
    steps: impl IntoIterator<Item = &'a String, IntoIter: Clone>,
) -> Result<(), Refusal> {
    let steps = steps.into_iter();
    let count = steps.clone().count();
    if count > MAX_STEPS {
        let reason = format!("its solution has {count} steps, at most {MAX_STEPS} are allowed");
        return Err(Refusal::Useless(reason));
    }
    let control = |step: &&String| step.chars().any(|c| c.is_control() && c != '\t');
    if let Some((i, _)) = steps.clone().enumerate().find(|(_, step)| control(step)) {
        return Err(Refusal::Useless(format!("its step {} has a control character", i + 1)));
    }
    match steps.enumerate().find(|(_, step)| step.len() > MAX_STEP_BYTES) {
        Some((i, step)) => Err(Refusal::Useless(format!(
            "its step {} has {} bytes, at most {MAX_STEP_BYTES} are allowed",
            i + 1,
            step.len()
        ))),
        None => Ok(()),
    }
}

/// Steps of one line each. A blank step cannot be dropped without moving the labels, so it refuses
/// the record.
pub(super) fn lines<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, Refusal> {
    let on_one_line = |text: &str| {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = texts.into_iter().map(on_one_line).collect();
    if lines.is_empty() {
        return Err(Refusal::Useless("it has no steps".to_owned()));
    }
    if let Some(blank) = lines.iter().position(String::is_empty) {
        return Err(Refusal::Useless(format!("its step {} is blank", blank + 1)));
    }
    steps(&lines)?;
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_become_single_lines() {
        let steps = lines(["a = 1\r\n\n b = 2 ", "c = 3"]).expect("steps");
        assert_eq!(steps, ["a = 1 b = 2", "c = 3"]);
    }

    #[test]
    fn what_is_of_no_use_says_why() {
        let why = |refused: Refusal| match refused {
            Refusal::Useless(reason) => reason,
            Refusal::Wrong { .. } => String::new(),
        };
        assert_eq!(why(lines(["a", " \n"]).expect_err("blank")), "its step 2 is blank");
        assert_eq!(why(lines([]).expect_err("none")), "it has no steps");
        assert!(why(lines(["a"; MAX_STEPS + 1]).expect_err("many")).contains("65 steps"));
        let long = "x".repeat(MAX_STEP_BYTES + 1);
        assert!(why(lines(["a", long.as_str()]).expect_err("long")).contains("step 2 has 4097"));
        assert_eq!(
            why(lines(["a", "b\u{0}"]).expect_err("control")),
            "its step 2 has a control character"
        );
        assert!(why(problem(" ").expect_err("blank")).contains("at least one word"));
    }
}
