//! What a request says of its place in the line of runs in the background.

use crate::domain::{Invalid, Priority};

/// Refuses a priority of a run that does not wait in the line: ignored, it would promise something.
pub(super) fn check(background: bool, priority: Option<Priority>) -> Result<(), Invalid> {
    if background || priority.is_none() {
        return Ok(());
    }
    let detail = "only a run in the background has a priority: send `background: true` as well, or \
                  leave it out";
    Err(Invalid::new("/priority", "exclusive", detail))
}
