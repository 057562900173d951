//! Other orders of the same sum or product: which equations a quantity's make-up allows.
//!
//! A quantity is taken apart into the terms of its sum (through `+` and `-`) or the factors of its
//! product (through `*` and `/`). An equation is allowed when its two operands are the worth of two
//! disjoint, non-empty groups of these terms. So `a + b + c` may be built as `b + c` first, and two
//! losses may be added before they are taken away. Distribution (`k * a + k * b` for `k * (a + b)`)
//! is not accepted.

use super::{Equation, Op, Quantity, QuantityId, World};

/// More terms than this are left together: the groups double with each term.
const MAX_TERMS: usize = 10;

/// Whether the equation joins two groups of the terms of this quantity.
pub(super) fn allows(world: &World, quantity: &Quantity, equation: Equation) -> bool {
    let kind = Kind::of(equation.op);
    quantity.from.as_ref().is_some_and(|from| Kind::of(from.op) == kind)
        && joins(&groups(&terms(world, quantity.id, kind), kind), equation)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sum,
    Product,
}

impl Kind {
    fn of(op: Op) -> Kind {
        match op {
            Op::Add | Op::Sub => Kind::Sum,
            Op::Mul | Op::Div => Kind::Product,
        }
    }
}

/// A worth as a fraction; sums only use the denominator 1.
#[derive(Clone, Copy)]
struct Worth {
    top: i128,
    bottom: i128,
}

impl Worth {
    fn inverse(self, kind: Kind) -> Worth {
        match kind {
            Kind::Sum => Worth { top: -self.top, bottom: self.bottom },
            Kind::Product => Worth { top: self.bottom, bottom: self.top },
        }
    }

    fn with(self, other: Worth, kind: Kind) -> Option<Worth> {
        match kind {
            Kind::Sum => Some(Worth { top: self.top.checked_add(other.top)?, bottom: 1 }),
            Kind::Product => Some(Worth {
                top: self.top.checked_mul(other.top)?,
                bottom: self.bottom.checked_mul(other.bottom)?,
            }),
        }
    }

    fn is(self, number: i64) -> bool {
        self.bottom != 0 && i128::from(number).checked_mul(self.bottom) == Some(self.top)
    }
}

fn terms(world: &World, whole: QuantityId, kind: Kind) -> Vec<Worth> {
    let mut open = vec![(whole, false)];
    let mut next = 0;
    // Breadth first, so that what stays together when there are too many terms are the oldest
    // parts.
    while next < open.len() && open.len() < MAX_TERMS {
        let (id, inverse) = open[next];
        let from = world.quantity(id).and_then(|q| q.from.as_ref());
        match from.filter(|from| Kind::of(from.op) == kind && from.operands.iter().all(|&o| o < id))
        {
            Some(from) => {
                let turned = matches!(from.op, Op::Sub | Op::Div);
                open[next] = (from.operands[0], inverse);
                open.push((from.operands[1], inverse != turned));
            }
            None => next += 1,
        }
    }
    let worth = |(id, inverse): (QuantityId, bool)| {
        let plain = Worth { top: i128::from(world.quantity(id)?.value), bottom: 1 };
        Some(if inverse { plain.inverse(kind) } else { plain })
    };
    open.into_iter().filter_map(worth).collect()
}

/// The worth of every group of terms; the index is the set of terms as bits. The empty group has
/// none.
fn groups(terms: &[Worth], kind: Kind) -> Vec<Option<Worth>> {
    let mut groups: Vec<Option<Worth>> = vec![None; 1 << terms.len()];
    for set in 1..groups.len() {
        let last = set.trailing_zeros() as usize;
        let rest = set & (set - 1);
        groups[set] = match rest {
            0 => Some(terms[last]),
            _ => groups[rest].and_then(|worth| worth.with(terms[last], kind)),
        };
    }
    groups
}

fn joins(groups: &[Option<Worth>], equation: Equation) -> bool {
    let kind = Kind::of(equation.op);
    let turned = matches!(equation.op, Op::Sub | Op::Div);
    // The whole may also be seen from its other side: two losses add up to one loss.
    [false, true].into_iter().any(|flipped| {
        let sets_of = |number: i64, inverse: bool| {
            (1..groups.len()).filter(move |&set| {
                groups[set].is_some_and(|worth| {
                    if inverse { worth.inverse(kind).is(number) } else { worth.is(number) }
                })
            })
        };
        sets_of(equation.a, flipped)
            .any(|first| sets_of(equation.b, flipped != turned).any(|second| first & second == 0))
    })
}
