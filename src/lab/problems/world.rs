//! The world of a problem: its quantities and how each follows from others.

use serde::{Deserialize, Serialize};

use super::Op;

/// The place of a quantity in [`World::quantities`].
pub type QuantityId = usize;

/// How a quantity follows from two others: `operands[0] op operands[1]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    pub op: Op,
    pub operands: [QuantityId; 2],
}

/// A number with a meaning. A step about it reads `{name} {equation} {unit}.`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    pub id: QuantityId,
    /// The words that stand before the equation in a step, such as `Ana has`. Several states of one
    /// thing (`Now Ana has`) share their name.
    pub name: String,
    /// The words after the equation, such as `apples`; empty for a bare factor.
    pub unit: String,
    pub value: i64,
    /// Told by the text, in digits or in words such as `twice`; facts that nothing needs are given
    /// as well.
    pub given: bool,
    /// None for a given quantity.
    pub from: Option<Relation>,
}

/// All quantities of one problem. A relation only points to quantities before its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    pub quantities: Vec<Quantity>,
    /// The quantity that the question asks for.
    pub asked: QuantityId,
}

impl World {
    /// The quantity with that id, none where the world holds no such quantity.
    pub fn quantity(&self, id: QuantityId) -> Option<&Quantity> {
        self.quantities.get(id)
    }

    /// Whether some quantity has that value.
    pub fn holds(&self, value: i64) -> bool {
        self.quantities.iter().any(|q| q.value == value)
    }
}
