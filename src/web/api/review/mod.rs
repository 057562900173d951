//! Review for programs: the queues, the next item, handing in.

pub mod next;
pub mod queues;
pub mod submissions;
