//! What the words of the field mean here: problem, solution, step, answer, score, critique, run,
//! event, person.
//!
//! Pure data and rules. No I/O, no clock of its own, no model, no HTTP, nothing from another room;
//! every other room may import this one. To add a word, add one small file with its type, its rule
//! and its tests, and re-export it below.

pub mod agreement;
mod align;
pub mod annotation;
mod answer;
mod arithmetic;
mod audit;
mod clock;
mod critique;
mod diff;
mod event;
mod hex;
mod ids;
mod input;
mod password;
mod person;
mod priority;
mod problem;
pub mod review;
mod role;
mod run;
mod score;
mod secret;
mod solution;
mod stage;
mod tag;
mod user;

pub use align::{Place, align};
pub use answer::{ANSWER_MARK, Answer};
pub use arithmetic::{Sum, SumVerdict, sums};
pub use audit::{Action, Actor, AuditEntry};
pub use clock::{Clock, SystemClock, Timestamp};
pub use critique::Critique;
pub use diff::{DiffOp, Op, StepDiff, diff_solutions, diff_words};
pub use event::{Event, Finished, Numbered, replay, rest};
pub use ids::{
    AdjudicationId, BatchId, ItemId, NotAnId, ProblemId, QueueId, RunId, SessionId, SolutionId,
    SubmissionId, TokenId, UserId,
};
pub use input::Invalid;
pub use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, Password, PasswordHash};
pub use person::PersonRole;
pub use priority::{MOST_OVERTAKEN, Overtaken, Priority};
pub use problem::{MAX_PROBLEM_BYTES, Problem};
pub use role::Role;
pub use run::{
    Finish, Flip, Run, RunError, RunKind, RunProblem, RunStatus, ScoredSolution, ScoredStep,
    SolutionKind, Strategy, Timings,
};
pub use score::{Probability, Threshold, ThresholdSource};
pub use secret::{ApiToken, SecretHash, SessionSecret};
pub use solution::{MAX_STEP_BYTES, MAX_STEPS, Solution};
pub use stage::Stage;
pub use tag::{MAX_TAGS, Tag};
pub use user::{
    MAX_TOKEN_NAME, MAX_USER_NAME, Session, Token, User, check_token_name, check_user_name,
};
