//! The trainings of the models that correct the student.

use super::preset::Preset;
use crate::domain::Role;

/// One training. There may be two ORMs: the paper's, which has seen student samples only, and one
/// that has seen refinements as well, which is shipped where the preset has steps for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    OrmOfStudent,
    Sorm,
    Global,
    Local,
    Orm,
}

impl Course {
    pub const ALL: [Course; 5] =
        [Course::OrmOfStudent, Course::Sorm, Course::Global, Course::Local, Course::Orm];

    /// Folder of the training.
    pub fn name(self) -> &'static str {
        match self {
            Course::OrmOfStudent => "orm-student",
            Course::Sorm => "sorm",
            Course::Global => "global",
            Course::Local => "local",
            Course::Orm => "orm",
        }
    }

    /// The role of what comes of it.
    pub fn role(self) -> Role {
        match self {
            Course::OrmOfStudent | Course::Orm => Role::Orm,
            Course::Sorm => Role::Sorm,
            Course::Global => Role::Global,
            Course::Local => Role::Local,
        }
    }

    /// The training whose ORM is shipped: the second one where the preset has steps for it.
    pub fn shipped_orm(preset: &Preset) -> Self {
        match preset.orm_refined_steps {
            0 => Course::OrmOfStudent,
            _ => Course::Orm,
        }
    }
}
