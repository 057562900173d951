//! What people said of solutions: submissions, decisions, and the lines that leave the program.
//!
//! `record.rs` is everything said of one item; `resolve.rs` makes one word of several; `judgement.rs`
//! reads records as the tables of [`super::agreement`]; `annotator.rs` looks at one person; `training.rs`, `prm800k.rs` and
//! `preference.rs` write one line of a form each, and `export.rs` chooses and counts. Not rated is
//! `None` everywhere and never zero. To add a form: a file with its line and its function of a
//! [`Reviewed`], and a word in [`Form`].

mod annotator;
mod export;
mod intake;
mod judgement;
mod preference;
mod prm800k;
mod rating;
mod record;
mod resolve;
#[cfg(test)]
pub mod testing;
mod training;

pub use annotator::{Annotator, Hits, annotators};
pub use export::{Form, Manifest, Options, Tally, lines};
pub use intake::{HandedIn, Intake};
pub use judgement::{Choices, Judgements, against_orm, item_agreement, judgements, sorm_pairs};
pub use preference::Preference;
pub use prm800k::{Prm800k, from_prm800k};
pub use rating::Rating;
pub use record::{Candidate, Decision, Outcome, Reviewed, Said, StepText, Submission};
pub use resolve::{Provenance, Resolve, Resolved, resolve};
pub use training::{AfterError, Neutral, Stepwise, Training, Unrated};
