//! Laws of the coefficients.

use proptest::prelude::*;

use super::ratings::Unit;
use super::*;

fn same(a: Estimate, b: Estimate) -> bool {
    match (a.value, b.value) {
        (Ok(a), Ok(b)) => (a - b).abs() < 1e-9,
        (a, b) => a == b,
    }
}

fn ratings(raters: usize) -> impl Strategy<Value = Vec<Vec<Unit>>> {
    let unit = prop::collection::vec(prop::option::weighted(0.8, 0u8..3), raters);
    prop::collection::vec(prop::collection::vec(unit, 1..4), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn names_and_order_of_raters_and_items_do_not_matter(items in ratings(3)) {
        let mut turned = items.clone();
        turned.iter_mut().flatten().for_each(|unit| unit.rotate_left(1));
        turned.reverse();
        let (a, b) = (Ratings::new(items), Ratings::new(turned));
        for scale in [Scale::Nominal, Scale::Ordinal] {
            prop_assert!(same(a.alpha(scale, 1), b.alpha(scale, 1)));
        }
        prop_assert!(same(a.percent_agreement(1), b.percent_agreement(1)));
        // Place 0 moved to 2, place 1 to 0.
        for weights in [Weights::Plain, Weights::Linear] {
            prop_assert!(same(a.pair(0, 1).kappa(weights, 1), b.pair(2, 0).kappa(weights, 1)));
        }
    }

    #[test]
    fn turning_the_scale_round_changes_nothing(items in ratings(3)) {
        let mut turned = items.clone();
        turned.iter_mut().flatten().flatten().flatten().for_each(|value| *value = 2 - *value);
        let (a, b) = (Ratings::new(items), Ratings::new(turned));
        prop_assert!(same(a.alpha(Scale::Ordinal, 1), b.alpha(Scale::Ordinal, 1)));
        let linear = |r: &Ratings| r.pair(0, 1).kappa(Weights::Linear, 1);
        prop_assert!(same(linear(&a), linear(&b)));
    }

    #[test]
    fn perfect_agreement_is_one_where_it_is_defined(
        values in prop::collection::vec(0u8..3, 2..20), raters in 2usize..5,
    ) {
        let unit = |&value: &u8| vec![vec![Some(value); raters]];
        let all = Ratings::new(values.iter().map(unit).collect());
        let varied = values.iter().any(|value| *value != values[0]);
        let expected = if varied { Ok(1.0) } else { Err(Undefined::NoVariation) };
        for scale in [Scale::Nominal, Scale::Ordinal] {
            prop_assert_eq!(all.alpha(scale, 1).value, expected);
        }
        for weights in [Weights::Plain, Weights::Linear] {
            prop_assert_eq!(all.pair(0, raters - 1).kappa(weights, 1).value, expected);
        }
    }

    #[test]
    fn coefficients_lie_where_they_can(items in ratings(2), seed in 0u64..5) {
        let all = Ratings::new(items);
        let estimates = [
            (all.pair(0, 1).kappa(Weights::Plain, seed), -1.0),
            (all.pair(0, 1).kappa(Weights::Linear, seed), -1.0),
            (all.percent_agreement(seed), 0.0),
            (all.alpha(Scale::Nominal, seed), -1.0),
        ];
        for (estimate, least) in estimates {
            if let Ok(value) = estimate.value {
                prop_assert!((least - 1e-9..=1.0 + 1e-9).contains(&value), "{value}");
            }
            if let Some(Interval { low, high }) = estimate.interval {
                prop_assert!(low <= high && low.is_finite() && high.is_finite());
            }
        }
        prop_assert_eq!(all.alpha(Scale::Ordinal, seed), all.alpha(Scale::Ordinal, seed));
    }

    /// When every disagreement is between neighbours, weights forgive some of it.
    #[test]
    fn near_misses_count_less_by_weight(
        values in prop::collection::vec((0u8..3, any::<bool>()), 4..40),
    ) {
        let near = |&(value, miss): &(u8, bool)| {
            (value, if miss { value.abs_diff(1) } else { value })
        };
        let pairs: Vec<Vec<(u8, u8)>> = values.iter().map(|pair| vec![near(pair)]).collect();
        let pairs = Pairs::new(&pairs, Undefined::NoOverlap);
        let (plain, linear) = (pairs.kappa(Weights::Plain, 1), pairs.kappa(Weights::Linear, 1));
        if let (Ok(plain), Ok(linear)) = (plain.value, linear.value) {
            prop_assert!(linear >= plain - 1e-9, "{linear} under {plain}");
        }
    }

    #[test]
    fn turning_scores_round_turns_the_area_round(
        scored in prop::collection::vec((0u8..10, any::<bool>()), 2..60),
    ) {
        let up: Vec<_> = scored.iter().map(|&(s, good)| (f64::from(s), good)).collect();
        let down: Vec<_> = scored.iter().map(|&(s, good)| (-f64::from(s), good)).collect();
        if let (Ok(a), Ok(b)) = (auroc(&up), auroc(&down)) {
            prop_assert!((a + b - 1.0).abs() < 1e-9);
        }
    }
}
