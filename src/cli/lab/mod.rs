//! Commands of the lab: make the models, measure them, time the machine, exchange
//! data sets.

mod annotations;
pub(super) mod bench;
mod data;
pub(super) mod dataset;
pub(super) mod eval;
pub(super) mod export;
pub(super) mod import;
mod models;
pub(super) mod report;
pub(super) mod reproduce;
pub(super) mod simulate;
mod table;
pub(super) mod train;
mod tune;
mod watch;
