//! The models under measurement.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::Role;
use crate::lab::runner::Runner;

/// What runs each of the five models.
#[derive(Clone)]
pub struct Models(pub BTreeMap<Role, Arc<dyn Runner>>);

impl Models {
    /// What runs the model of a role.
    pub fn of(&self, role: Role) -> &dyn Runner {
        &*self.0[&role]
    }
}
