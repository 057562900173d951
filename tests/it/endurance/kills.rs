//! kill -9 at many moments: nothing acknowledged is lost, nothing is stored twice, and what comes
//! out is what would have come out anyway.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Chance, problem};
use crate::server::{PATIENCE, Server, glore, run, text};

const KILLS: u64 = 50;
const RUNS: u64 = 200;

/// Every strategy by turns.
fn order(n: u64) -> String {
    let strategy = ["glore", "draft", "best_of_n", "glore"][(n % 4) as usize];
    json!({"problem": problem(n), "strategy": strategy, "seed": n, "background": true}).to_string()
}

/// With room for every run in the queue.
fn start(dir: &Path) -> Server {
    let mut program = glore(dir);
    program.env("GLORE_ENGINE__QUEUE", (2 * RUNS).to_string());
    Server::started(program)
}

fn queue(server: &Server, n: u64) -> String {
    let (status, run) = server.send("POST", "/v1/solve", &order(n));
    assert_eq!(status, 202, "{run}");
    run["id"].as_str().expect("an id").to_owned()
}

fn ended(server: &Server, ids: &BTreeMap<u64, String>) -> BTreeMap<u64, Value> {
    let begun = Instant::now();
    let mut found = BTreeMap::new();
    for (n, id) in ids {
        loop {
            let (status, run) = server.send("GET", &format!("/v1/runs/{id}"), "");
            assert_eq!(status, 200, "run {n} was acknowledged and is lost");
            if !matches!(run["status"].as_str(), Some("queued" | "running")) {
                found.insert(*n, run);
                break;
            }
            assert!(begun.elapsed() < 10 * PATIENCE, "run {n} is never done");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    found
}

/// What must not depend on kills: everything but ids, moments and times.
fn outcome(run: &Value) -> Value {
    let solutions = run["solutions"].as_array().into_iter().flatten();
    let kept = ["kind", "steps", "answer", "orm", "first_error_step", "seed", "tokens"];
    let solutions: Vec<Value> = solutions
        .map(|solution| kept.iter().map(|name| solution[name].clone()).collect())
        .collect();
    json!([run["status"], run["answer"], solutions])
}

#[test]
#[ignore = "minutes"]
fn fifty_kills_over_two_hundred_runs() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut chance = Chance::new(7);
    let mut ids = BTreeMap::new();
    for kill in 0..KILLS {
        let server = start(dir.path());
        for n in kill * RUNS / KILLS..(kill + 1) * RUNS / KILLS {
            ids.insert(n, queue(&server, n));
        }
        std::thread::sleep(Duration::from_millis(50 + chance.below(1_500)));
        server.signal("KILL");
        drop(server);
        let checked = run(dir.path(), &["check"]);
        assert!(checked.status.success(), "after kill {kill}: {}", text(&checked.stderr));
    }
    let server = start(dir.path());
    let killed = ended(&server, &ids);
    drop(server);

    let dir = tempfile::tempdir().expect("a temporary folder");
    let server = start(dir.path());
    let ids = (0..RUNS).map(|n| (n, queue(&server, n))).collect();
    let unkilled = ended(&server, &ids);

    let given_up: Vec<u64> = killed
        .iter()
        .filter(|(_, run)| run["error"]["code"] == "interrupted")
        .map(|(n, _)| *n)
        .collect();
    for (n, run) in killed.iter().filter(|(n, _)| !given_up.contains(n)) {
        assert_eq!(outcome(run), outcome(&unkilled[n]), "run {n} came out otherwise");
    }
    println!("{KILLS} kills, {RUNS} runs: 0 lost, {} given up after 3 starts", given_up.len());
    assert!(given_up.len() <= 4, "{given_up:?}");
}
