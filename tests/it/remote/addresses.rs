//! Several addresses: the work is spread, the dead are left alone, and who comes back is used again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use glore::domain::Role;
use glore::engine::{Engine, Health};

use super::fake::{Act, Asked, Fake, completion, models, nobody, writer};
use super::{connect, generate, policy, source};

fn healthy(asked: &Asked) -> Act {
    if asked.method == "GET" { models() } else { completion(asked) }
}

async fn until(what: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !what().await {
        assert!(begun.elapsed() < Duration::from_secs(10), "never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn work_is_spread_over_those_that_live() {
    let (one, two) = (Fake::start(healthy), Fake::start(healthy));
    let engine = policy(&[&nobody(), &one.url, &two.url]);
    for _ in 0..6 {
        generate(&engine, 1).await.expect("written");
    }
    let trials = 1;
    assert_eq!(one.posts().len() + two.posts().len(), 6 + trials);
    assert!(one.posts().len() >= 3 && two.posts().len() >= 3, "in turn when equals");
    assert_eq!(engine.health(), Health::Ready);
}

#[tokio::test]
async fn one_that_dies_is_left_alone_and_used_again_when_it_is_back() {
    let (stays, dies) = (Fake::start(healthy), Fake::start(healthy));
    let engine = policy(&[&stays.url, &dies.url]);
    generate(&engine, 1).await.expect("written");
    let address = dies.stop();
    for _ in 0..8 {
        generate(&engine, 1).await.expect("written by the other");
    }
    let back = Fake::at(address, healthy);
    until(async || {
        generate(&engine, 1).await.expect("written");
        !back.posts().is_empty()
    })
    .await;
}

#[tokio::test]
async fn when_nobody_answers_it_is_said_at_once_and_over_when_one_does() {
    let fake = Fake::start(healthy);
    let engine = policy(&[&fake.url]);
    let address = fake.stop();
    let error = generate(&engine, 1).await.expect_err("nobody").to_string();
    assert!(error.contains(&address.to_string()) && error.contains("no connection"), "{error}");
    let Health::NotReady(why) = engine.health() else { panic!("two attempts opened the breaker") };
    assert!(why.contains("policy"), "{why}");
    let begun = Instant::now();
    let error = generate(&engine, 1).await.expect_err("nobody").to_string();
    assert!(error.contains("no address answers"), "{error}");
    assert!(begun.elapsed() < Duration::from_millis(500), "without asking");

    let back = Fake::at(address, healthy);
    until(async || engine.health() == Health::Ready).await;
    assert!(back.posts().is_empty(), "a probe costs no tokens");
    generate(&engine, 1).await.expect("written");
}

#[tokio::test]
async fn no_more_requests_are_on_their_way_than_allowed() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let fake = writer({
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        move |asked| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(60));
            now.fetch_sub(1, Ordering::SeqCst);
            completion(asked)
        }
    });
    let mut source = source(&[&fake.url]);
    (source.max_concurrency, source.timeout_s) = (2, 20);
    let engine = connect(Role::Policy, source).expect("met");
    let all = join_all((0..7).map(|_| generate(&engine, 1))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), 2);
}
