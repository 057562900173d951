//! The models that a client can ask for by name: ways of solving, not checkpoints.

use crate::config::Limits;
use crate::domain::Strategy;
use crate::web::{Code, Error};

/// A way of solving under the name of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web::api) struct Served {
    pub(in crate::web::api) id: &'static str,
    pub(super) strategy: Strategy,
    pub(super) samples: Option<usize>,
}

const ALL: [Served; 3] = [
    Served { id: "glore", strategy: Strategy::Glore, samples: None },
    Served { id: "glore-draft", strategy: Strategy::Draft, samples: None },
    Served { id: "glore-best-of-3", strategy: Strategy::BestOfN, samples: Some(3) },
];

impl Served {
    /// Every model that the limits leave room for.
    pub(in crate::web::api) fn all(limits: &Limits) -> impl Iterator<Item = &'static Self> {
        ALL.iter().filter(|served| served.samples.is_none_or(|n| n <= limits.max_samples))
    }
}

/// The one of this name.
///
/// # Errors
/// [`Code::ModelNotFound`] with the names that there are.
pub(in crate::web::api) fn served(id: &str, limits: &Limits) -> Result<&'static Served, Error> {
    Served::all(limits).find(|served| served.id == id).ok_or_else(|| {
        let shown: String = id.chars().take(80).collect();
        let known: Vec<&str> = Served::all(limits).map(|served| served.id).collect();
        let detail = format!("there is no model `{shown}`; there are {}", known.join(", "));
        Error::new(Code::ModelNotFound, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_limits_forbid_is_not_served() {
        let ids = |max_samples| {
            let limits = Limits { max_samples, ..Limits::default() };
            Served::all(&limits).map(|served| served.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(3), ["glore", "glore-draft", "glore-best-of-3"]);
        assert_eq!(ids(2), ["glore", "glore-draft"]);
    }
}
