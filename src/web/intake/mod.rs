//! Lists of problems as people have them: GSM8K lines, CSV with a header, one problem a line.
//!
//! The form is told from the text. Whatever it is, every problem passes the same door, and what is
//! refused is named with its line. To take another form, add a file with its reader and a case in
//! [`read`].

mod guard;

use serde_json::Value;

use crate::domain::{Answer, Invalid, Problem};
use crate::store::{BatchItem, MAX_ITEMS};

pub use guard::cell;

/// Names of the columns or members that hold the problem, and those that hold its answer.
const PROBLEM: [&str; 3] = ["problem", "question", "text"];
const ANSWER: [&str; 3] = ["reference_answer", "answer", "reference"];
/// Most refusals that are told at once.
const MOST_FAULTS: usize = 10;

/// One problem as it was given: its line, its text, its answer.
type Given = (usize, String, Option<String>);

/// Reads a list.
///
/// # Errors
/// [`Invalid`] at `/problems`, or at `/problems/3` with the line in its sentence.
pub fn read(text: &str) -> Result<Vec<BatchItem>, Vec<Invalid>> {
    let text = text.trim_start_matches('\u{feff}');
    let given = match text.trim_start().chars().next() {
        Some('{') => json_lines(text)?,
        Some(_) if has_header(text) => csv(text)?,
        Some(_) => lines(text),
        None => Vec::new(),
    };
    check(given)
}

/// The door.
///
/// # Errors
/// As [`read`].
pub fn check(given: Vec<Given>) -> Result<Vec<BatchItem>, Vec<Invalid>> {
    let refuse = |code, detail: String| Err(vec![Invalid::new("/problems", code, detail)]);
    if given.is_empty() {
        return refuse("blank", "at least one problem is needed".to_owned());
    }
    if given.len() > MAX_ITEMS {
        let n = given.len();
        let detail = format!("at most {MAX_ITEMS} problems are allowed, {n} were given");
        return refuse("too_many", detail);
    }
    let mut faults = Vec::new();
    let mut items = Vec::with_capacity(given.len());
    for (nth, (line, problem, answer)) in given.into_iter().enumerate() {
        match Problem::parse(&problem.replace("\r\n", "\n"), answer.as_deref()) {
            Ok(problem) => items.push(BatchItem {
                problem: problem.text().to_owned(),
                reference_answer: problem.reference_answer().map(ToString::to_string),
            }),
            Err(refused) => {
                let detail = format!("line {line}: {}", refused.detail);
                faults.push(Invalid::new(format!("/problems/{nth}"), refused.code, detail));
            }
        }
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}

/// A problem a line; after a tab, its answer.
fn lines(text: &str) -> Vec<Given> {
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let given = |(at, line): (usize, &str)| match line.rsplit_once('\t') {
        Some((problem, answer)) => (at + 1, problem.to_owned(), Some(answer.to_owned())),
        None => (at + 1, line.to_owned(), None),
    };
    numbered.map(given).collect()
}

/// GSM8K: an object a line, the answer after `####`.
fn json_lines(text: &str) -> Result<Vec<Given>, Vec<Invalid>> {
    let mut given = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let refuse = |code, detail: String| {
            let detail = format!("line {}: {detail}", at + 1);
            vec![Invalid::new(format!("/problems/{}", given.len()), code, detail)]
        };
        let value: Value =
            serde_json::from_str(line).map_err(|e| refuse("bad_json", e.to_string()))?;
        let member = |names: [&str; 3]| names.iter().find_map(|name| value.get(*name));
        let Some(problem) = member(PROBLEM).and_then(Value::as_str) else {
            let detail = "an object with `problem` or `question`, a text, is needed".to_owned();
            return Err(refuse("missing_field", detail));
        };
        let answer = match member(ANSWER) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(final_answer(text)),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(_) => {
                let detail = "the answer must be a text or a number".to_owned();
                return Err(refuse("wrong_type", detail));
            }
        };
        given.push((at + 1, problem.to_owned(), answer));
    }
    Ok(given)
}

/// Of a worked answer, what stands after its mark.
fn final_answer(text: &str) -> String {
    Answer::extract(text).map_or_else(|| text.to_owned(), |answer| answer.to_string())
}

/// Whether the first line names a column of problems beside another.
fn has_header(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut names = first.split(',').map(column);
    first.contains(',') && names.any(|name| PROBLEM.contains(&name.as_str()))
        || PROBLEM.contains(&column(first).as_str())
}

/// The name of a column as it is compared.
fn column(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_lowercase()
}

fn csv(text: &str) -> Result<Vec<Given>, Vec<Invalid>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let refuse = |e: csv::Error| vec![Invalid::new("/problems", "bad_csv", e.to_string())];
    let names: Vec<String> = reader.headers().map_err(refuse)?.iter().map(column).collect();
    let place = |wanted: [&str; 3]| {
        wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted))
    };
    let (problem, answer) = (place(PROBLEM), place(ANSWER));
    let mut given = Vec::new();
    for record in reader.records() {
        let record = record.map_err(refuse)?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::to_owned);
        let answer = field(answer).map(|text| final_answer(&text));
        given.push((
            usize::try_from(line).unwrap_or(0),
            field(problem).unwrap_or_default(),
            answer,
        ));
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(text: &str) -> Vec<(String, Option<String>)> {
        let items = read(text).expect("a list");
        items.into_iter().map(|item| (item.problem, item.reference_answer)).collect()
    }

    fn pair(problem: &str, answer: Option<&str>) -> (String, Option<String>) {
        (problem.to_owned(), answer.map(str::to_owned))
    }

    #[test]
    fn each_form_is_known_by_its_look() {
        let both = [pair("How many?", Some("12")), pair("And now?", None)];
        let gsm8k = "{\"question\":\"How many?\",\"answer\":\"3*4 = <<3*4=12>>12\\n#### 12\"}\n\n{\"problem\":\"And now?\"}";
        assert_eq!(pairs(gsm8k), both);
        assert_eq!(pairs("id,Problem,answer\r\n1,How many?,12.0\r\n2,And now?,\r\n"), both);
        assert_eq!(pairs("\u{feff}How many?\t12\n\nAnd now?\n"), both);
        assert_eq!(pairs("question\n\"One, two\nthree?\"\n"), [pair("One, two\nthree?", None)]);
        assert_eq!(pairs("{\"problem\":\"x\",\"answer\":7}"), [pair("x", Some("7"))]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let refused = |text: &str| read(text).expect_err("refused").remove(0);
        assert_eq!(refused(" \n").code, "blank");
        let bad = refused("{\"problem\":\"x\"}\n{\"problem\":7}");
        assert_eq!((bad.pointer.as_str(), bad.code), ("/problems/1", "missing_field"));
        assert!(bad.detail.starts_with("line 2: "), "{}", bad.detail);
        assert_eq!(refused("{\"problem\":").code, "bad_json");
        assert_eq!(refused("a\nb\u{7}").pointer, "/problems/1");
        let many = refused(&"x\n".repeat(MAX_ITEMS + 1));
        assert!(many.detail.contains("5000") && many.detail.contains("5001"), "{}", many.detail);
        assert_eq!(read(&"\u{7}\n".repeat(50)).expect_err("refused").len(), MOST_FAULTS);
        assert_eq!(refused("problem,answer\n\"x\",1,2\n").code, "bad_csv");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z0-9 ,\"\n\t{}:#]{0,80}") {
            let _ = read(&text);
        }
    }
}
