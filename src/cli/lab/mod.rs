//! Commands of the lab: make the models, measure them, time the machine.

pub(super) mod bench;
pub(super) mod eval;
pub(super) mod reproduce;
mod models;
mod table;
mod watch;
