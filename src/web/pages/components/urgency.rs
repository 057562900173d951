//! What waits made more or less urgent: a button for each other priority.

use crate::domain::Priority;

/// The form of `components/urgency.html`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urgency {
    /// Where it is sent.
    pub action: String,
    /// What it may be made.
    pub others: Vec<&'static str>,
}

impl Urgency {
    /// Of the run or batch at this address, which has this priority.
    pub fn new(address: String, priority: Priority) -> Self {
        let others = Priority::ALL.into_iter().filter(|other| *other != priority);
        Self {
            action: format!("{address}/priority"),
            others: others.map(Priority::as_str).collect(),
        }
    }
}
