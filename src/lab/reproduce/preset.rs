//! Sizes and seeds of a whole reproduction.

use serde::{Deserialize, Serialize};

use crate::lab::sets::Search;
use crate::lab::train::Plan;
use crate::model::AdamSettings;

/// Everything that decides a reproduction's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    pub name: String,
    /// Whether reward models and refiners are trained further from those in use, without base, student
    /// and practice: [`begin()`](super::begin()) puts them there.
    pub further: bool,
    pub seed: u64,
    /// Vocabulary, width, layers and feed-forward width of every model.
    pub vocabulary: usize,
    pub width: usize,
    pub layers: usize,
    pub feed_forward: usize,
    /// Problems for the tokenizer, and those with worked solutions for the base.
    pub tokenizer_problems: usize,
    pub worked_problems: usize,
    /// Problems to measure validation losses on.
    pub held_out_problems: usize,
    /// Expert Iteration: rounds, problems a round (only their answers are used), samples each.
    pub expert_rounds: usize,
    pub expert_problems: usize,
    pub expert_samples: usize,
    /// Problems the student samples solutions of, and how many each.
    pub sample_problems: usize,
    pub samples: usize,
    pub sample_temperature: f32,
    /// Problems whose worked solutions refiners and reward models practise before they begin, and
    /// sums for each step of these.
    pub practice_problems: usize,
    pub practice_sums: usize,
    /// Of these problems, how many refiners go on practising while they learn to refine
    /// (docs/decisions/0049).
    pub rehearsed_problems: usize,
    /// Validation problems sampled, and samples of them rolled out: for losses and thresholds.
    pub validation_samples: usize,
    pub validation_rollouts: usize,
    /// Problems whose drafts are refined for the ORM to judge.
    pub refined_problems: usize,
    /// For each ten right samples, how many become pairs that teach a refiner to copy.
    pub copies_of_ten: usize,
    /// Student samples whose prefixes are rolled out, and rollouts K of each prefix.
    pub rollout_samples: usize,
    pub rollouts: usize,
    /// Besides, samples of problems that no sample solved; what no rollout solves either is left out.
    pub unsolved_rollout_samples: usize,
    /// Whether step labels are all that rollouts tell (docs/decisions/0047): a prefix is good where any
    /// right solution begins with the same sums, none is after a wrong sum, and the SORM learns from
    /// rollouts and more right samples as well.
    pub pool: bool,
    pub search: Search,
    /// Whether step labels are balanced by prefix length: it costs the SORM more than it gives it here
    /// (docs/decisions/0043).
    pub balance: bool,
    /// Samples whose every prefix is rolled out for trainings that leave label rules out.
    pub full_rollout_samples: usize,
    /// Optimiser steps a role.
    pub base_steps: usize,
    pub expert_steps: usize,
    /// 0: refiners and reward models start from the student, as the paper's do.
    pub practice_steps: usize,
    /// Of checking sums, which reward models learn before anything else; 0: they do not.
    pub checking_steps: usize,
    /// Layers that reward models have on top of the others', where they check sums.
    pub reward_layers: usize,
    pub orm_steps: usize,
    /// Steps of a second ORM, which goes on from the first with refinements among its samples; 0:
    /// there is none, and the ORM has seen student samples only, as the paper's has.
    pub orm_refined_steps: usize,
    pub sorm_steps: usize,
    /// How much of the weights that it starts from is in the SORM, 0 to 1 (docs/decisions/0048).
    pub sorm_keeps: f32,
    pub global_steps: usize,
    pub local_steps: usize,
    pub tokens_per_step: usize,
    /// Weight of a token of a right solution beside a label's 1 when reward models are trained.
    pub language_weight: f32,
    /// Weight of each digit of a sum's result, right so far or not, beside a label's 1 then; 0:
    /// sums are not checked.
    pub sum_weight: f32,
    pub base_rate: f32,
    pub practice_rate: f32,
    pub fine_tuning_rate: f32,
    /// Validation problems whose samples' labels are held against the worlds.
    pub label_problems: usize,
    /// Problems of the test split, and of the harder and the unseen one, evaluated at the end.
    pub test_problems: usize,
    pub other_problems: usize,
}

impl Preset {
    /// The recipe as it is now; what is shipped was made by an earlier one (docs/decisions/0042).
    pub fn small() -> Self {
        Self {
            name: "small".to_owned(),
            further: false,
            seed: 1,
            vocabulary: 1024,
            width: 160,
            layers: 5,
            feed_forward: 448,
            tokenizer_problems: 20_000,
            worked_problems: 30_000,
            held_out_problems: 200,
            expert_rounds: 1,
            expert_problems: 8_000,
            expert_samples: 4,
            sample_problems: 20_000,
            samples: 4,
            sample_temperature: 0.8,
            practice_problems: 40_000,
            practice_sums: 4,
            rehearsed_problems: 20_000,
            validation_samples: 600,
            validation_rollouts: 400,
            refined_problems: 4_000,
            copies_of_ten: 0,
            rollout_samples: 20_000,
            rollouts: 8,
            unsolved_rollout_samples: 0,
            pool: true,
            search: Search::Bisect,
            balance: false,
            full_rollout_samples: 3_000,
            base_steps: 3_600,
            expert_steps: 500,
            practice_steps: 4_400,
            checking_steps: 3_200,
            reward_layers: 3,
            orm_steps: 3_800,
            orm_refined_steps: 0,
            sorm_steps: 4_800,
            sorm_keeps: 0.3,
            global_steps: 1_600,
            local_steps: 1_400,
            tokens_per_step: 2048,
            language_weight: 0.1,
            sum_weight: 0.5,
            base_rate: 2.5e-3,
            practice_rate: 1.5e-3,
            fine_tuning_rate: 1e-3,
            label_problems: 300,
            test_problems: 2_000,
            other_problems: 1_000,
        }
    }

    /// Seconds instead of hours: shows that every stage works, makes nothing useful.
    pub fn smoke() -> Self {
        Self {
            name: "smoke".to_owned(),
            vocabulary: 400,
            width: 32,
            layers: 1,
            feed_forward: 64,
            tokenizer_problems: 300,
            worked_problems: 300,
            held_out_problems: 20,
            expert_problems: 40,
            expert_samples: 2,
            sample_problems: 60,
            samples: 2,
            practice_problems: 100,
            rehearsed_problems: 20,
            validation_samples: 30,
            refined_problems: 20,
            validation_rollouts: 10,
            rollout_samples: 30,
            unsolved_rollout_samples: 20,
            full_rollout_samples: 12,
            rollouts: 2,
            base_steps: 20,
            expert_steps: 5,
            practice_steps: 10,
            checking_steps: 5,
            reward_layers: 1,
            orm_steps: 5,
            orm_refined_steps: 5,
            sorm_steps: 5,
            global_steps: 5,
            local_steps: 5,
            tokens_per_step: 512,
            label_problems: 20,
            test_problems: 20,
            other_problems: 20,
            ..Self::small()
        }
    }

    /// Another helping for the models in use: a SORM of problems that it has not seen, refiners that go on
    /// practising, and an ORM that reads what these write (docs/decisions/0049). The policy stays as it is.
    pub fn further() -> Self {
        Self {
            name: "further".to_owned(),
            further: true,
            seed: 3,
            sample_problems: 10_000,
            validation_samples: 1_000,
            validation_rollouts: 1_000,
            refined_problems: 8_000,
            rollout_samples: 9_000,
            unsolved_rollout_samples: 6_000,
            orm_steps: 0,
            orm_refined_steps: 2_000,
            sorm_steps: 2_800,
            global_steps: 1_600,
            local_steps: 1_200,
            fine_tuning_rate: 7e-4,
            ..Self::small()
        }
    }

    /// A preset by its name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::small(), Self::further(), Self::smoke()]
            .into_iter()
            .find(|preset| preset.name == name)
    }

    /// The plan of the base.
    pub fn base_plan(&self) -> Plan {
        self.plan("base", self.base_steps, self.base_rate)
    }

    /// The plan of the student's practice.
    pub fn practice_plan(&self, name: &str) -> Plan {
        self.plan(name, self.practice_steps, self.practice_rate)
    }

    /// The plan of checking sums.
    pub fn checking_plan(&self, name: &str) -> Plan {
        self.plan(name, self.checking_steps, self.practice_rate)
    }

    /// The plan of a model that starts from the base, the student or the practised student.
    pub fn fine_tuning_plan(&self, name: &str, steps: usize) -> Plan {
        self.plan(name, steps, self.fine_tuning_rate)
    }

    fn plan(&self, name: &str, steps: usize, rate: f32) -> Plan {
        Plan {
            name: name.to_owned(),
            steps,
            tokens_per_step: self.tokens_per_step,
            rate,
            warm_up: (steps / 20).clamp(1, 100),
            validate_every: (steps / 10).max(1),
            patience: 4,
            seed: self.seed,
            adam: AdamSettings::default(),
        }
    }
}
