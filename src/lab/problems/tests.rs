//! Properties of the generator and of the judge, over every family and thousands of seeds.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn problem(seed: u64) -> WordProblem {
    generate(None, MIN_STEPS..=MAX_STEPS, &mut ChaCha8Rng::seed_from_u64(seed))
}

#[test]
fn every_family_reaches_every_number_of_steps() {
    for family in Family::ALL {
        for steps in MIN_STEPS..=MAX_STEPS {
            let mut rng = ChaCha8Rng::seed_from_u64(steps as u64);
            for _ in 0..40 {
                let problem = generate(Some(family), steps..=steps, &mut rng);
                assert_eq!((problem.family, problem.steps.len()), (family, steps));
            }
        }
    }
}

#[test]
fn gold_steps_are_true_and_the_last_one_answers() {
    for seed in 0..6000 {
        let p = problem(seed);
        let earlier: Vec<&str> = p.steps.iter().map(String::as_str).collect();
        for (at, step) in earlier.iter().enumerate() {
            let verdict = check_step(&p.world, step, &earlier[..at]);
            assert_eq!(verdict, StepVerdict::True, "{step}\n{}\n{}", p.text, p.solution_text());
        }
        assert_eq!(first_error(&p.world, &p.steps), None);
        let (_, last, _) =
            Equation::find(&p.steps[p.steps.len() - 1]).expect("gold steps are readable");
        assert_eq!(last.c, p.answer);
        assert_eq!(p.world.quantity(p.world.asked).map(|q| q.value), Some(p.answer));
    }
}

#[test]
fn every_derived_quantity_serves_the_question() {
    for seed in 0..3000 {
        let p = problem(seed);
        let mut needed = vec![false; p.world.quantities.len()];
        needed[p.world.asked] = true;
        for q in p.world.quantities.iter().rev().filter(|q| q.from.is_some()) {
            assert!(needed[q.id], "{} is needless\n{}\n{}", q.name, p.text, p.solution_text());
            for &operand in &q.from.as_ref().expect("filtered").operands {
                assert!(operand < q.id);
                needed[operand] = true;
            }
        }
    }
}

#[test]
fn texts_are_plain_and_hold_all_given_numbers() {
    for seed in 0..4000 {
        let p = problem(seed);
        let t = &p.text;
        assert!(t.is_ascii() && t.len() <= 500 && t.ends_with('?') && !t.contains("  "), "{t}");
        assert!(
            p.steps
                .iter()
                .all(|s| s.ends_with('.') && !s.contains(['\n', '#']) && !s.contains("  ")),
            "{t}"
        );
        for bad in [" 1 apples", ". .", " .", " 1 years", " 1 dollars", "..", "{", " ,"] {
            assert!(!t.contains(bad), "{bad:?} in {t}");
        }
        for sentence in t.split_inclusive(['.', '?']) {
            let first = sentence.trim_start().chars().next().expect("a sentence has letters");
            assert!(first.is_uppercase() || first.is_ascii_digit(), "{sentence:?}");
        }
        for q in p.world.quantities.iter().filter(|q| q.given && !q.unit.is_empty()) {
            let digits = q.value.to_string();
            let told = t.split(|ch: char| !ch.is_ascii_digit()).any(|number| number == digits);
            assert!(told, "{} {} is not told: {t}", q.name, q.value);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_problem() {
    assert_eq!(problem(7), problem(7));
    assert_ne!(problem(7).text, problem(8).text);
}

#[test]
fn ranges_out_of_reach_are_cut() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    assert_eq!(generate(None, 0..=1, &mut rng).steps.len(), MIN_STEPS);
    assert_eq!(generate(None, 50..=90, &mut rng).steps.len(), MAX_STEPS);
}

#[test]
fn there_are_very_many_distinct_problems() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let drawn = 20_000;
    let texts: std::collections::HashSet<String> =
        (0..drawn).map(|_| generate(None, 2..=5, &mut rng).text).collect();
    // Hardly any repeats among 20,000 means millions in all.
    assert!(texts.len() * 1000 >= drawn * 995, "{} of {drawn}", texts.len());
}

/// Ways to spoil one step.
#[derive(Clone, Copy, Debug)]
enum Damage {
    /// The result is off, the words and operands stay.
    Result,
    /// Another number of the world instead of an operand, the result computed anew.
    Number,
    /// Another operation, the result computed anew.
    Operation,
}

/// The spoiled step; none where the damage cannot be done or changes nothing that is said.
fn damage(p: &WordProblem, at: usize, damage: Damage, rng: &mut ChaCha8Rng) -> Option<String> {
    let (before, old, after) = Equation::find(&p.steps[at])?;
    let mut new = old;
    match damage {
        Damage::Result => {
            let off = rng.random_range(1..=10);
            new.c = if rng.random_bool(0.5) { old.c + off } else { (old.c - off).max(0) };
        }
        Damage::Number => {
            let other = p.world.quantities[rng.random_range(0..p.world.quantities.len())].value;
            if rng.random_bool(0.5) {
                new.a = other
            } else {
                new.b = other
            }
            new.c = new.op.apply(new.a, new.b)?;
        }
        Damage::Operation => {
            new.op = Op::ALL[rng.random_range(0..Op::ALL.len())];
            new.c = new.op.apply(new.a, new.b)?;
        }
    }
    // A quotient may happen to equal a difference: then the step says another thing about the same
    // number.
    (new != old && new.c != old.c).then(|| format!("{before}{new}{after}"))
}

#[test]
fn damaged_steps_are_found() {
    // Measured over 30,000 seeds: every wrong result, 99.3 % of swapped numbers, 99.9 % of wrong
    // operations. What slips through are statements that are true in the world: a later state of
    // the same subject told early, or another number of the same value.
    for (kind, least) in [(Damage::Result, 1.0), (Damage::Number, 0.99), (Damage::Operation, 0.99)]
    {
        let mut rng = ChaCha8Rng::seed_from_u64(99);
        let (mut found, mut all) = (0, 0);
        for seed in 0..6000 {
            let p = problem(seed);
            let at = rng.random_range(0..p.steps.len());
            let Some(spoiled) = damage(&p, at, kind, &mut rng) else { continue };
            let mut steps = p.steps.clone();
            steps[at] = spoiled;
            all += 1;
            found += usize::from(first_error(&p.world, &steps) == Some(at + 1));
        }
        let rate =
            f64::from(u32::try_from(found).unwrap()) / f64::from(u32::try_from(all).unwrap());
        println!("{kind:?}: {found} of {all}");
        assert!(all > 2000 && rate >= least, "{kind:?}: {found} of {all}");
    }
}

#[test]
fn steps_about_the_wrong_person_are_found() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let p = generate(Some(Family::Compare), 4..=4, &mut rng);
    let gold = &p.steps[0];
    let name = gold.split(' ').next().unwrap();
    let first = p.world.quantities[0].name.split(' ').next().unwrap();
    let said = |other: &str| check_step(&p.world, &gold.replace(name, other), &[]);
    assert_eq!(said(first), StepVerdict::False(StepError::WrongSubject));
    let stranger = ["Zoe", "Carl", "Ana", "Luis", "Mia", "Tom", "Kate", "Ben", "Leo"]
        .into_iter()
        .find(|name| !p.text.contains(name))
        .unwrap();
    assert_eq!(said(stranger), StepVerdict::False(StepError::Stranger));
}

#[test]
fn other_orders_of_a_sum_are_true_and_needless_sums_are_not() {
    let unit = |many: &str| many.to_owned();
    let quantity = |id, name: &str, value, from: Option<(Op, [usize; 2])>| Quantity {
        id,
        name: name.to_owned(),
        unit: unit("pens"),
        value,
        given: from.is_none(),
        from: from.map(|(op, operands)| Relation { op, operands }),
    };
    let world = World {
        quantities: vec![
            quantity(0, "Ana has", 20, None),
            quantity(1, "Ben has", 7, None),
            quantity(2, "Tom has", 4, None),
            quantity(3, "Zoe has", 50, None),
            quantity(4, "Ana and Ben have", 27, Some((Op::Add, [0, 1]))),
            quantity(5, "With Tom they have", 31, Some((Op::Add, [4, 2]))),
        ],
        asked: 5,
    };
    let judge = |step: &str, earlier: &[&str]| check_step(&world, step, earlier);
    assert_eq!(judge("Ben and Tom have 7 + 4 = 11 pens.", &[]), StepVerdict::True);
    assert_eq!(
        judge("In all 20 + 11 = 31 pens.", &["Ben and Tom have 7 + 4 = 11 pens."]),
        StepVerdict::True
    );
    assert_eq!(
        judge("In all 20 + 11 = 31 pens.", &[]),
        StepVerdict::False(StepError::UnknownNumber)
    );
    assert_eq!(judge("With Tom they have 27 + 4 = 31 pens.", &[]), StepVerdict::True);
    assert_eq!(judge("20 + 50 = 70 pens.", &[]), StepVerdict::False(StepError::NoSuchRelation));
    assert_eq!(judge("20 - 7 = 13 pens.", &[]), StepVerdict::False(StepError::NoSuchRelation));
    assert_eq!(
        judge("Ana has 20 + 7 = 27 pens.", &[]),
        StepVerdict::False(StepError::WrongSubject)
    );
    assert_eq!(judge("Ana has 20 + 7 = 28 pens.", &[]), StepVerdict::False(StepError::Arithmetic));
    assert_eq!(judge("Ana has many pens.", &[]), StepVerdict::Unreadable);
    let wrong_name = ["Ana has 20 + 7 = 27 pens."];
    assert_eq!(first_error(&world, &wrong_name), Some(1));
    assert_eq!(first_wrong_equation(&world, &wrong_name), None, "the numbers are right");
    assert_eq!(first_wrong_equation(&world, &["Ana has 20 + 7 = 28 pens."]), Some(1));
}

proptest! {
    #[test]
    fn no_text_makes_the_judge_panic(seed in 0u64..500, step in "\\PC*", earlier in ".*") {
        let p = problem(seed);
        check_step(&p.world, &step, &[&earlier]);
    }

    #[test]
    fn near_steps_do_not_either(
        seed in 0u64..500,
        step in "[A-Za-z ]{0,12}-?[0-9]{0,25} ?[-+*/%=.] ?[0-9]{0,25} ?= ?-?[0-9]{0,25}[a-z. 0-9]{0,9}",
    ) {
        let p = problem(seed);
        check_step(&p.world, &step, &[&step]);
        first_error(&p.world, &[step]);
    }

    #[test]
    fn worlds_survive_any_numbers(values in prop::array::uniform4(any::<i64>()), a: i64, b: i64) {
        let mut p = problem(1);
        for (q, value) in p.world.quantities.iter_mut().zip(values) {
            q.value = value;
        }
        let (a, b) = (a.unsigned_abs() / 2, b.unsigned_abs() / 2);
        check_step(&p.world, &format!("It is {a} * {b} = {}.", values[0]), &[]);
    }
}
