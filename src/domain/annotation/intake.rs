//! Lines of an export, or of another program in the same form, as items to be taken in.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::prm800k::{Prm800k, from_prm800k};
use super::rating::Rating;
use super::record::{Outcome, Said};
use super::training::Stepwise;
use crate::domain::{MAX_STEP_BYTES, MAX_STEPS, Problem};

/// What one person handed in elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct HandedIn {
    pub person: String,
    pub outcome: Outcome,
    pub steps: Vec<Said>,
    /// Milliseconds at work.
    pub millis: u64,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// A solution with what was said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Intake {
    pub problem: Problem,
    pub steps: Vec<String>,
    pub answer: Option<String>,
    pub orm: Option<f64>,
    pub gold: bool,
    pub handed_in: Vec<HandedIn>,
    /// Labels that come without a person: they count as decided.
    pub decided: Option<Vec<Said>>,
}

impl Intake {
    /// A line in the form of PRM800K.
    ///
    /// # Errors
    /// The field, and what it should be.
    pub fn of_prm800k(line: &Prm800k) -> Result<Self, String> {
        let question = &line.question;
        let problem = Problem::parse(&question.problem, question.ground_truth_answer.as_deref())
            .map_err(|invalid| format!("question: {}", invalid.detail))?;
        let (outcome, steps) = from_prm800k(line)?;
        let at = OffsetDateTime::parse(&line.timestamp, &Rfc3339)
            .map_err(|e| format!("timestamp `{}`: {e}", line.timestamp))?;
        let at = i64::try_from(at.unix_timestamp_nanos() / 1_000_000)
            .map_err(|_| format!("timestamp `{}` is out of range", line.timestamp))?;
        if line.labeler.trim().is_empty() || line.labeler.len() > 200 {
            return Err("labeler must be a name of at most 200 bytes".to_owned());
        }
        if question.pre_generated_verifier_score.is_some_and(|s| !(0.0..=1.0).contains(&s)) {
            return Err("question.pre_generated_verifier_score must lie in 0..=1".to_owned());
        }
        check(&question.pre_generated_steps, "question.pre_generated_steps")?;
        Ok(Self {
            problem,
            steps: question.pre_generated_steps.clone(),
            answer: question.pre_generated_answer.clone(),
            orm: question.pre_generated_verifier_score,
            gold: line.is_quality_control_question,
            handed_in: vec![HandedIn {
                person: line.labeler.clone(),
                outcome,
                steps,
                millis: line.label.total_time,
                at,
            }],
            decided: None,
        })
    }

    /// A line of stepwise supervision.
    ///
    /// # Errors
    /// The field, and what it should be.
    pub fn of_stepwise(line: &Stepwise) -> Result<Self, String> {
        let problem =
            Problem::parse(&line.prompt, None).map_err(|e| format!("prompt: {}", e.detail))?;
        check(&line.completions, "completions")?;
        if line.labels.len() != line.completions.len() {
            let (n, of) = (line.labels.len(), line.completions.len());
            return Err(format!("labels has {n} entries for {of} completions"));
        }
        let said = |right: &bool| Said {
            rating: Some(if *right { Rating::Good } else { Rating::Wrong }),
            ..Said::default()
        };
        Ok(Self {
            problem,
            steps: line.completions.clone(),
            answer: None,
            orm: None,
            gold: false,
            handed_in: Vec::new(),
            decided: Some(line.labels.iter().map(said).collect()),
        })
    }

    /// Takes in another line about the same solution; it is given back when it is about another, or
    /// its person has spoken already.
    pub fn join(&mut self, other: Self) -> Option<Self> {
        let same = self.problem == other.problem
            && (&self.steps, &self.answer, self.orm, self.gold)
                == (&other.steps, &other.answer, other.orm, other.gold)
            && self.decided.is_none()
            && other.decided.is_none();
        let known = |one: &HandedIn| self.handed_in.iter().any(|h| h.person == one.person);
        if !same || other.handed_in.iter().any(known) {
            return Some(other);
        }
        self.handed_in.extend(other.handed_in);
        None
    }
}

fn check(steps: &[String], field: &str) -> Result<(), String> {
    if steps.is_empty() || steps.len() > MAX_STEPS {
        return Err(format!("{field} has {} entries, expected 1 to {MAX_STEPS}", steps.len()));
    }
    let odd = |text: &String| {
        text.trim().is_empty() || text.len() > MAX_STEP_BYTES || text.chars().any(char::is_control)
    };
    match steps.iter().position(odd) {
        Some(i) => Err(format!(
            "{field}[{i}] must be one line that is not blank, of at most {MAX_STEP_BYTES} bytes"
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::export::{Form, Options, Tally, lines};
    use super::super::testing::reviewed;
    use super::*;

    fn exported(form: Form) -> String {
        let item = reviewed(&[&[1, -1], &[1, 8]]);
        lines(&item, &Options { form, ..Options::default() }, &mut Tally::default())
    }

    #[test]
    fn lines_about_one_solution_become_one_item() {
        let read = |line: &str| -> Intake {
            let line: Prm800k = serde_json::from_str(line).expect("a line");
            Intake::of_prm800k(&line).expect("known")
        };
        let all: Vec<Intake> = exported(Form::Prm800k).lines().map(read).collect();
        let mut first = all[0].clone();
        assert_eq!(first.join(all[1].clone()), None);
        assert_eq!(first.handed_in.len(), 2);
        assert_eq!(first.handed_in[1].steps[1], Said { unsure: true, ..Said::default() });
        assert!(first.join(all[1].clone()).is_some(), "the same person again is another item");
        let mut other = all[1].clone();
        other.answer = None;
        assert!(first.join(other).is_some());
    }

    #[test]
    fn labels_without_a_person_are_decided() {
        let line: Stepwise = serde_json::from_str(exported(Form::Trl).trim()).expect("a line");
        let taken = Intake::of_stepwise(&line).expect("known");
        assert_eq!(taken.problem.text(), "How many?");
        let ratings: Vec<_> =
            taken.decided.expect("decided").iter().map(|said| said.rating).collect();
        assert_eq!(ratings, [Some(Rating::Good), Some(Rating::Wrong)]);
        let blank = Stepwise { completions: vec![" ".to_owned()], ..line };
        assert!(Intake::of_stepwise(&blank).expect_err("blank").starts_with("completions[0]"));
    }
}
