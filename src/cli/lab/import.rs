//! `glore import`: a data set of somebody else's, checked and brought to our form.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::cli::print;
use crate::lab::formats::{Data, Form, Reading, SetAside, read_all, write};

/// Check a data set of any known form and write it as {problem, answer, solution} or {problem,
/// steps, label} lines
///
/// Knows GSM8K, SVAMP, PRM800K, Math-Shepherd, ProcessBench, TRL's stepwise supervision and its own
/// output, as JSON lines or as one array. A file that is not of its form is refused with line and
/// field; records that are of no use are counted with the reason.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The data set.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its form [default: told from the fields of the first record].
    #[arg(long, value_parser = Form::ALL.map(Form::name))]
    form: Option<String>,
    /// File to write, over what it holds.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let form = args
        .form
        .as_deref()
        .map(|name| Form::named(name).with_context(|| format!("--form: no form `{name}`")))
        .transpose()?;
    let reading = read_all(&args.file, form)?;
    let kept = write(&args.out, &reading.data)?;
    print(&report(&reading, kept))?;
    print(&format!("written to {}\n", args.out.display()))?;
    ensure!(kept > 0, "{}: every record was set aside", args.file.display());
    Ok(())
}

/// What was found, in lines for people.
fn report(reading: &Reading, kept: usize) -> String {
    let all = kept + reading.set_aside.len();
    let found = match &reading.data {
        Data::Given(records) => format!(
            "problems, {} with an answer, {} with a solution",
            records.iter().filter(|given| given.answer.is_some()).count(),
            records.iter().filter(|given| given.solution.is_some()).count(),
        ),
        Data::Stepwise(records) => format!(
            "solutions with {} steps, {} with a wrong step",
            records.iter().map(|one| one.steps.len()).sum::<usize>(),
            records.iter().filter(|one| one.first_error.is_some()).count(),
        ),
    };
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}: {kept} of {all} records: {found}", reading.form.name());
    for (reason, (count, first)) in reasons(&reading.set_aside) {
        let _ = writeln!(out, "set aside {count}: {reason} (first: {first})");
    }
    out
}

/// How many were set aside for each reason, and where the first stands. Reasons that differ only in
/// their numbers are one.
fn reasons(set_aside: &[SetAside]) -> BTreeMap<String, (usize, String)> {
    let mut reasons = BTreeMap::new();
    for one in set_aside {
        let is_digit = |c: char| c.is_ascii_digit();
        let reason = one.reason.split(is_digit).filter(|part| !part.is_empty());
        let reason = reason.collect::<Vec<_>>().join("N");
        reasons.entry(reason).or_insert_with(|| (0, one.place.to_string())).0 += 1;
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::formats::{Given, Place};

    #[test]
    fn the_report_counts_and_says_why() {
        let aside = |line, step| SetAside {
            place: Place::Line(line),
            reason: format!("its step {step} is blank"),
        };
        let given = Given { problem: "Q".to_owned(), answer: Some("3".to_owned()), solution: None };
        let reading = Reading {
            form: Form::Gsm8k,
            data: Data::Given(vec![given]),
            set_aside: vec![aside(2, 12), aside(5, 3)],
        };
        let expected = "gsm8k: 1 of 3 records: problems, 1 with an answer, 0 with a solution\n\
                        set aside 2: its step N is blank (first: line 2)\n";
        assert_eq!(report(&reading, 1), expected);
    }
}
