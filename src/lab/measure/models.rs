//! The models under measurement.

use std::collections::BTreeMap;

use crate::domain::Role;
use crate::model::Llama;

/// The five models.
pub struct Models(pub BTreeMap<Role, Llama>);

impl Models {
    /// The model of a role.
    pub fn llama(&self, role: Role) -> &Llama {
        &self.0[&role]
    }
}
