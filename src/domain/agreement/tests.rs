//! Worked examples from the literature, and values of scikit-learn.

use super::ratings::Unit;
use super::*;

#[track_caller]
fn close(found: Estimate, expected: f64, within: f64) {
    let value = found.value.expect("defined");
    assert!((value - expected).abs() < within, "{value}, expected {expected}");
}

/// One unit an item, from a row a rater with 0 for "not rated" and categories from 1.
fn of_rows(rows: &[&[u8]]) -> Ratings {
    let unit = |u: usize| -> Unit { rows.iter().map(|row| row[u].checked_sub(1)).collect() };
    Ratings::new((0..rows[0].len()).map(|u| vec![unit(u)]).collect())
}

/// Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers,
/// twelve units, missing ratings. Nominal alpha .743, ordinal .815.
#[test]
fn alpha_of_the_published_example() {
    let ratings = of_rows(&[
        &[1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        &[1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        &[0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        &[1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]);
    let nominal = ratings.alpha(Scale::Nominal, 1);
    close(nominal, 0.743, 5e-4);
    close(ratings.alpha(Scale::Ordinal, 1), 0.815, 5e-4);
    assert_eq!((nominal.items, nominal.units), (11, 11), "the twelfth unit has one rating");
    let Interval { low, high } = nominal.interval.expect("eleven items");
    assert!(low < 0.743 && 0.743 < high && high <= 1.0, "{low} {high}");
}

fn table(rows: &[&[usize]]) -> Pairs {
    let mut pairs = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        for (j, &n) in row.iter().enumerate() {
            pairs.extend(std::iter::repeat_n(vec![(i as u8, j as u8)], n));
        }
    }
    Pairs::new(&pairs, Undefined::NoOverlap)
}

/// The coefficient of Cohen 1960 on table 1 of Cohen 1968 ("Weighted kappa"), two judges and 200
/// cases: .70 agree, kappa .492.
#[test]
fn kappa_of_the_published_example() {
    let pairs = table(&[&[88, 14, 18], &[10, 40, 10], &[2, 6, 12]]);
    close(pairs.agreement(1), 0.70, 1e-12);
    close(pairs.kappa(Weights::Plain, 1), 0.492, 5e-4);
}

/// Two tables for which kappa with linear weights is published: an example of the SAS manual as
/// statsmodels quotes it (.4842 and .4701), and Agresti's couples, `SexualFun` of the R package vcd
/// (.1293 and .2374).
#[test]
fn weighted_kappa_of_published_examples() {
    let sas = table(&[&[0, 4, 1], &[0, 8, 0], &[0, 1, 5]]);
    close(sas.kappa(Weights::Plain, 1), 0.4842, 5e-5);
    close(sas.kappa(Weights::Linear, 1), 0.4701, 5e-5);
    let couples = table(&[&[7, 7, 2, 3], &[2, 8, 3, 7], &[1, 5, 4, 9], &[2, 8, 9, 14]]);
    close(couples.kappa(Weights::Plain, 1), 0.1293, 5e-5);
    close(couples.kappa(Weights::Linear, 1), 0.2374, 5e-5);
}

/// A series that is the same in any language: x' = 1103515245 x + 12345 mod 2^31, its upper half mod
/// `most`.
fn series(seed: u64, count: usize, most: u64) -> Vec<u64> {
    let mut x = seed;
    let mut next = || {
        x = (x * 1_103_515_245 + 12_345) % (1 << 31);
        (x >> 16) % most
    };
    (0..count).map(|_| next()).collect()
}

/// scikit-learn 1.9.1, `cohen_kappa_score`, plain and with `weights="linear"`.
#[test]
fn kappa_is_that_of_scikit_learn() {
    let a = series(1, 60, 3);
    let keep = series(2, 60, 4);
    let other = |(&v, &keep): (&u64, &u64)| if keep > 0 { v } else { (v + 1) % 3 };
    let b = a.iter().zip(&keep).map(other);
    let pairs: Vec<Vec<(u8, u8)>> =
        a.iter().zip(b).map(|(&a, b)| vec![(a as u8, b as u8)]).collect();
    let pairs = Pairs::new(&pairs, Undefined::NoOverlap);
    close(pairs.kappa(Weights::Plain, 1), 0.566_326_530_612_244_9, 1e-12);
    close(pairs.kappa(Weights::Linear, 1), 0.534_606_205_250_596_7, 1e-12);
}

/// scikit-learn 1.9.1: `roc_auc_score`, `brier_score_loss`, `cohen_kappa_score` at one half,
/// `calibration_curve` with ten bins.
#[test]
fn scores_are_judged_as_scikit_learn_judges_them() {
    let (s, t) = (series(3, 80, 100), series(4, 80, 100));
    let scored: Vec<Vec<(f64, bool)>> =
        s.iter().zip(&t).map(|(&s, &t)| vec![(s as f64 / 99.0, s + t > 100)]).collect();
    let found = against_scores(&scored, 0.5, 1);
    close(found.auroc, 0.819_610_307_982_401_1, 1e-12);
    close(found.brier, 0.173_710_590_756_045_3, 1e-12);
    close(found.kappa, 0.552_517_091_361_093_8, 1e-12);
    let right = [0.0, 1.0 / 6.0, 0.0, 0.25, 0.375, 8.0 / 9.0, 0.7, 0.4, 6.0 / 11.0, 1.0];
    let mean = [
        0.052_341_60,
        0.136_363_64,
        0.227_272_73,
        0.348_484_85,
        0.465_909_09,
        0.565_656_57,
        0.655_555_56,
        0.753_535_35,
        0.837_465_56,
        0.953_282_83,
    ];
    let n = [11, 6, 4, 8, 8, 9, 10, 5, 11, 8];
    assert_eq!(found.bins.len(), 10);
    for (i, bin) in found.bins.iter().enumerate() {
        assert_eq!(bin.n, n[i], "bin {i}");
        assert!((bin.right - right[i]).abs() < 1e-7 && (bin.mean_score - mean[i]).abs() < 1e-7);
    }
    let Confusion { both_right, both_wrong, only_people_right, only_score_right } = found.confusion;
    assert_eq!(both_right + both_wrong + only_people_right + only_score_right, 80);
}

/// The Python package krippendorff 0.9.0, three raters and missing ratings.
#[test]
fn alpha_is_that_of_another_program() {
    let base = series(8, 40, 3);
    let rater = |k: u64| -> Vec<Option<u8>> {
        let (noise, missing) = (series(k, 40, 5), series(k + 10, 40, 6));
        let one = |i: usize| {
            let value = if noise[i] > 0 { base[i] } else { (base[i] + 1).min(2) };
            (missing[i] > 0).then_some(value as u8)
        };
        (0..40).map(one).collect()
    };
    let raters = [rater(9), rater(10), rater(11)];
    let items = (0..40).map(|i| vec![raters.iter().map(|r| r[i]).collect()]).collect();
    let ratings = Ratings::new(items);
    close(ratings.alpha(Scale::Nominal, 1), 0.673_015_873_015_873_1, 1e-12);
    close(ratings.alpha(Scale::Ordinal, 1), 0.804_185_517_919_486, 1e-12);
}

#[test]
fn what_is_not_defined_says_why() {
    let why = |rows: &[&[u8]]| of_rows(rows).alpha(Scale::Nominal, 1).value;
    assert_eq!(why(&[&[0, 0], &[0, 0]]), Err(Undefined::NothingRated));
    assert_eq!(why(&[&[1, 2], &[0, 0]]), Err(Undefined::OneRater));
    assert_eq!(why(&[&[1, 0], &[0, 2]]), Err(Undefined::NoOverlap));
    assert_eq!(why(&[&[2, 2], &[2, 2]]), Err(Undefined::NoVariation));
    let equal = of_rows(&[&[2, 2], &[2, 2]]);
    assert_eq!(equal.pair(0, 1).kappa(Weights::Linear, 1).value, Err(Undefined::NoVariation));
    assert_eq!(equal.pair(0, 7).agreement(1).value, Err(Undefined::NoOverlap));
    assert_eq!(equal.percent_agreement(1).value, Ok(1.0), "they do agree");
    assert_eq!(auroc(&[]), Err(Undefined::NoScores));
    assert_eq!(auroc(&[(0.3, true)]), Err(Undefined::OneClass));
    let scores = against_scores(&[vec![]], 0.5, 1);
    assert_eq!(scores.brier.value, Err(Undefined::NoScores));
    assert_eq!(scores.kappa.value, Err(Undefined::NoScores));
    assert_eq!(Ratings::new(Vec::new()).percent_agreement(1).value, Err(Undefined::NothingRated));
}

#[test]
fn json_has_null_and_the_reason() {
    let written = serde_json::to_value(Estimate::none(Undefined::NoVariation)).expect("JSON");
    let expected = serde_json::json!({
        "value": null, "undefined": "no_variation", "items": 0, "units": 0, "interval": null,
    });
    assert_eq!(written, expected);
}

#[test]
fn the_first_error_is_known_only_when_all_before_it_is() {
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(locate([no, yes, None]), Some(Located::Wrong(2)));
    assert_eq!(locate([no, no]), Some(Located::Sound));
    assert_eq!(locate([no, None, yes]), None);
    assert_eq!(locate([no, None]), None);
}

#[test]
fn first_errors_are_compared_pair_by_pair() {
    use Located::{Sound, Wrong};
    let items = [
        vec![Wrong(2), Wrong(2), Wrong(3)],
        vec![Sound, Sound],
        vec![Sound, Wrong(1)],
        vec![Sound],
    ];
    let found = first_errors(&items, 1);
    // Pairs: 2-2, 2-3, 2-3, none-none, none-1.
    close(found.exact, 2.0 / 5.0, 1e-12);
    close(found.within_one, 4.0 / 5.0, 1e-12);
    assert_eq!((found.exact.items, found.exact.units, found.any_error.units), (3, 5, 5));
    assert_eq!(first_errors(&[vec![Sound]], 1).exact.value, Err(Undefined::NoOverlap));
    assert_eq!(first_errors(&[], 1).exact.value, Err(Undefined::NothingRated));
}

#[test]
fn speed_is_told_by_the_rated_steps() {
    assert!(is_too_fast(2.0, 5) && !is_too_fast(5.0, 5) && !is_too_fast(0.0, 0));
    assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(&[4.0, 1.0]), Some(2.5));
    assert_eq!(median(&[]), None);
}
