//! Which items leave the program, in which form, and what was counted on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use super::preference::preferences;
use super::prm800k;
use super::record::Reviewed;
use super::resolve::{Provenance, Resolve, resolve};
use super::training::{AfterError, Neutral, Training, Unrated};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportForm)]
pub enum Form {
    /// `{prompt, completions, labels}`, a line an item.
    #[default]
    Trl,
    /// The form of PRM800K, a line a submission.
    Prm800k,
    /// Every action that somebody took, with how the item was served.
    Raw,
    /// `{prompt, chosen, rejected}`, a line a pair.
    Preference,
    /// What a person said of a step, with its score, whether that was shown, and whether it was
    /// taken over.
    Labels,
}

impl Form {
    /// Every one.
    pub const ALL: [Form; 5] =
        [Form::Trl, Form::Prm800k, Form::Raw, Form::Preference, Form::Labels];

    /// Its word in addresses and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trl => "trl",
            Self::Prm800k => "prm800k",
            Self::Raw => "raw",
            Self::Preference => "preference",
            Self::Labels => "labels",
        }
    }

    /// Reads that word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = ExportOptions)]
pub struct Options {
    pub form: Form,
    /// Only items of this queue.
    #[schema(required = true)]
    pub queue: Option<String>,
    /// `trl`: whose word counts where people differ.
    pub resolve: Resolve,
    /// `trl`: items rated by fewer people are left out, unless an adjudicator decided them.
    pub min_annotations: usize,
    /// `trl`: only items that an adjudicator decided, or that several people rated alike.
    pub only_verified: bool,
    pub neutral: Neutral,
    pub after_first_error: AfterError,
    pub unrated: Unrated,
}

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExportCounts)]
pub struct Tally {
    /// Items looked at, or actions, or submissions.
    pub read: u64,
    pub lines: u64,
    /// How many were left out, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// `trl`: items by where their labels come from.
    pub provenance: BTreeMap<Provenance, u64>,
}

impl Tally {
    /// One more that is left out.
    pub fn leave_out(&mut self, why: &str) {
        *self.left_out.entry(why.to_owned()).or_default() += 1;
    }
}

/// What an export is; beside its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExportManifest)]
pub struct Manifest {
    /// Version of the lines' fields.
    pub schema_version: u32,
    /// Version of the program that wrote them.
    pub code_version: String,
    pub options: Options,
    pub counts: Tally,
    pub bytes: u64,
    /// SHA-256 of all lines.
    pub sha256: String,
}

impl Manifest {
    /// The version of the lines' fields that this program writes.
    pub const SCHEMA_VERSION: u32 = 1;
}

/// The lines of an item, each with its line break. Nothing of actions and labels: those are read row
/// by row.
pub fn lines(item: &Reviewed, options: &Options, tally: &mut Tally) -> String {
    tally.read += 1;
    let mut text = String::new();
    match options.form {
        Form::Raw | Form::Labels => {}
        Form::Trl => match training(item, options) {
            Ok((line, provenance)) => {
                *tally.provenance.entry(provenance).or_default() += 1;
                push(&mut text, &line, tally);
            }
            Err(why) => tally.leave_out(why),
        },
        Form::Prm800k => {
            for submission in &item.submissions {
                let at = i128::from(submission.submitted_at) * 1_000_000;
                let at = OffsetDateTime::from_unix_timestamp_nanos(at).ok();
                match at.and_then(|at| at.format(&Rfc3339).ok()) {
                    Some(at) => push(&mut text, &prm800k::line(item, submission, at), tally),
                    None => tally.leave_out("its moment is out of range"),
                }
            }
        }
        Form::Preference => {
            let (pairs, same) = preferences(item);
            (0..same).for_each(|_| tally.leave_out("none is better"));
            if pairs.is_empty() && same == 0 {
                tally.leave_out("nobody chose");
            }
            pairs.iter().for_each(|pair| push(&mut text, pair, tally));
        }
    }
    text
}

fn training(
    item: &Reviewed,
    options: &Options,
) -> Result<(super::Stepwise, Provenance), &'static str> {
    let Options { resolve: how, min_annotations, only_verified, .. } = *options;
    let resolved = resolve(item, how).ok_or("no labels to go by")?;
    let decided = resolved.provenance == Provenance::Adjudicated;
    if !decided && resolved.people < min_annotations {
        return Err("rated by too few people");
    }
    if only_verified && !decided && resolved.provenance != Provenance::Unanimous {
        return Err("not verified");
    }
    let training = Training {
        neutral: options.neutral,
        after_first_error: options.after_first_error,
        unrated: options.unrated,
    };
    Ok((training.line(item, &resolved)?, resolved.provenance))
}

fn push(text: &mut String, line: &impl Serialize, tally: &mut Tally) {
    match serde_json::to_string(line) {
        Ok(line) => {
            text.push_str(&line);
            text.push('\n');
            tally.lines += 1;
        }
        // Strings, numbers and lists always can.
        Err(_) => tally.leave_out("it cannot be written as JSON"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decided, reviewed};
    use super::*;

    fn trl(change: impl FnOnce(&mut Options)) -> Options {
        let mut options = Options::default();
        change(&mut options);
        options
    }

    #[test]
    fn filters_leave_out_and_count() {
        let mut item = reviewed(&[&[1, -1]]);
        let mut tally = Tally::default();
        let expected = "{\"prompt\":\"How many?\\n\",\"completions\":[\"0 + 1 = 1\",\"1 + 1 = 2\"],\
             \"labels\":[true,false]}\n";
        assert_eq!(lines(&item, &Options::default(), &mut tally), expected);
        assert_eq!(lines(&item, &trl(|o| o.min_annotations = 2), &mut tally), "");
        assert_eq!(lines(&item, &trl(|o| o.only_verified = true), &mut tally), "");
        assert_eq!(lines(&item, &trl(|o| o.resolve = Resolve::Adjudicated), &mut tally), "");
        decided(&mut item, &[1, -1]);
        let strict = trl(|o| {
            o.only_verified = true;
            o.min_annotations = 2;
            o.resolve = Resolve::Adjudicated;
        });
        assert_eq!(lines(&item, &strict, &mut tally), expected);
        assert_eq!((tally.read, tally.lines), (5, 2));
        assert_eq!(tally.left_out.values().sum::<u64>(), 3);
        assert_eq!(tally.provenance[&Provenance::Adjudicated], 1);
    }

    #[test]
    fn a_line_a_submission_in_the_form_of_prm800k() {
        let mut tally = Tally::default();
        let options = trl(|o| o.form = Form::Prm800k);
        let text = lines(&reviewed(&[&[1, 1], &[1, -1]]), &options, &mut tally);
        let values: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(values.len(), 2);
        assert_eq!(values[0]["timestamp"], "1970-01-01T00:00:01Z");
        assert_eq!(values[1]["label"]["finish_reason"], "found_error");
        assert!(values[1]["label"]["steps"][1]["chosen_completion"].is_null());
    }
}
