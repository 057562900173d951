//! Files of every form, read as a whole.

use std::path::Path;

use super::testing::{rollouts, written};
use super::*;
use crate::lab::labels::Rules;

fn refused(text: &str) -> String {
    let file = written(text);
    let error = read(file.path(), None).expect_err("refused").to_string();
    error.replace(&file.path().display().to_string(), "FILE")
}

#[test]
fn a_missing_field_is_named_with_its_line() {
    let text =
        "{\"question\": \"How many?\", \"answer\": \"#### 3\"}\n{\"question\": \"How many?\"}\n";
    assert_eq!(refused(text), "FILE: line 2: `answer` is missing");
}

#[test]
fn a_wrong_label_of_an_array_is_named_with_its_item() {
    let text = r#"[{"problem": "Q", "steps": ["a"], "label": 0},
                   {"problem": "Q", "steps": ["a", "b"], "label": 2}]"#;
    assert_eq!(refused(text), "FILE: item 2: `label` is 2, expected -1 or a step from 0 to 1");
}

#[test]
fn truncated_json_is_named_with_line_and_column() {
    let error = refused("{\"problem\": \"Q\"}\n{\"problem\": \"Q\", \"answ");
    assert!(error.starts_with("FILE: line 2, column 22: not JSON: EOF"), "{error}");
}

#[test]
fn an_unknown_form_is_told_what_it_has_and_what_there_is() {
    let error = refused("{\"text\": \"Q\", \"target\": 3}");
    assert!(error.contains("line 1: no known form has the fields target, text"), "{error}");
    assert!(error.contains("gsm8k {question, answer}"), "{error}");
    assert_eq!(refused("\n\n"), "FILE: is empty");
    let missing = read(Path::new("no/such/file.jsonl"), None).expect_err("missing").to_string();
    assert!(missing.starts_with("no/such/file.jsonl: "), "{missing}");
}

#[test]
fn a_form_that_is_named_is_held_to() {
    let file = written("{\"question\": \"How many?\", \"answer\": \"#### 3\"}");
    let error = read(file.path(), Some(Form::Svamp)).expect_err("another form").to_string();
    assert!(error.ends_with("line 1: `Body` is missing"), "{error}");
    let error = read_stepwise(file.path(), None).expect_err("problems").to_string();
    assert!(error.contains("gsm8k form, which holds problems with answers"), "{error}");
    assert_eq!(read_given(file.path(), None).expect("read").len(), 1);
}

#[test]
fn what_is_of_no_use_is_set_aside_with_its_place_and_reason() {
    let text = "{\"problem\": \"Q\", \"steps\": [\"a\"], \"label\": -1}\n\
                {\"problem\": \"Q\", \"steps\": [\"a\", \" \"], \"label\": 0}\n";
    let file = written(text);
    let reading = read_all(file.path(), None).expect("read");
    assert_eq!(reading.form, Form::ProcessBench);
    let reason = "its step 2 is blank".to_owned();
    assert_eq!(reading.set_aside, [SetAside { place: Place::Line(2), reason }]);
}

#[test]
fn exported_rollouts_are_imported_as_they_were() {
    let all = [rollouts(&[true, true]), rollouts(&[false, false]), rollouts(&[true, false])];
    let expected: Vec<Stepwise> = [None, Some(1), Some(2)]
        .into_iter()
        .zip(&all)
        .map(|(first_error, r)| Stepwise {
            problem: r.sample.problem.clone(),
            steps: r.sample.solution.steps.clone(),
            first_error,
        })
        .collect();
    let file = written("");
    write_lines(file.path(), judged(&all, Rules::default())).expect("written");
    assert_eq!(read_stepwise(file.path(), None).expect("read"), expected);
    write_lines(file.path(), sorm(&all, Rules::default())).expect("written");
    assert_eq!(read_stepwise(file.path(), None).expect("read"), expected);
}

#[test]
fn imported_records_are_read_again_as_they_are() {
    let texts = [
        "{\"question\": \"How many?\", \"answer\": \"1+2 = <<1+2=3>>3\\n#### 3\"}",
        "[{\"Body\": \"A\", \"Question\": \"How many?\", \"Answer\": \"1,200\"}]",
        "{\"input\": \"Q? Step 1: a ки\\nStep 2: b ки\", \"label\": \"Q? Step 1: a +\\nStep 2: b -\"}",
        "{\"question\": {\"problem\": \"Q\"}, \"label\": {\"steps\": \
         [{\"completions\": [{\"text\": \"a\", \"rating\": -1}], \"chosen_completion\": 0}]}}",
    ];
    for text in texts {
        let data = read(written(text).path(), None).expect("read");
        let file = written("");
        assert_eq!(write(file.path(), &data).expect("written"), 1);
        assert_eq!(read(file.path(), None).expect("read again"), data, "{text}");
    }
}
