//! The labelled rollouts of a finished run.

use std::path::Path;

use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::sets::{Rollouts, Sample, relabelled};

/// Rollouts of training problems, whose labels say what any right solution of the run reaches that
/// begins with the same sums.
pub(super) fn labelled(run: &Path) -> Result<Vec<Rollouts>, LabError> {
    let rollouts: Vec<Rollouts> = SetFile::new(run, "rollouts").read()?;
    let samples: Vec<Sample> = SetFile::new(run, "samples").read()?;
    Ok(relabelled(&samples, rollouts))
}
