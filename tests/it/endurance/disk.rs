//! A disk that is full, and has room again: writes are refused while pages go on, nothing that was
//! acknowledged is lost, and no restart is needed.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use glore::domain::PersonRole;

use super::problem;
use crate::app::TestApp;
use crate::people;
use crate::review::raw;
use crate::server::{PATIENCE, Server, run, text};

/// Room for the unpacked models, the database and a little more.
const SIZE: &str = "size=64m";

/// A file system of its own in memory; gone when dropped.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(place: &'a Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", SIZE, "glore-test"]).arg(place).output();
        mounted.is_ok_and(|done| done.status.success()).then_some(Self(place))
    }

    /// Writes until nothing more fits.
    fn fill(&self) {
        let mut file = File::create(self.0.join("ballast")).expect("created");
        let block = vec![1; 1 << 16];
        while file.write_all(&block).is_ok() {}
        while file.write_all(&block[..512]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).expect("removed");
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

fn background(server: &Server, n: u64) -> (u16, serde_json::Value) {
    let body = format!("{{\"problem\": \"{}\", \"background\": true}}", problem(n));
    server.send("POST", "/v1/solve", &body)
}

#[test]
#[ignore = "mounts a file system"]
fn a_full_disk_refuses_writes_and_nothing_else() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = Disk::mount(place.path()) else {
        println!("skipped: only root can mount a file system to fill");
        return;
    };
    let dir = place.path().join("data");
    let mut server = Server::start(&dir);
    let mut kept: Vec<String> = (0..5).map(|n| server.queue(&problem(n))).collect();
    disk.fill();

    // What is in the log of the database already has room there; sooner or later it is full.
    let mut refused = 0;
    for n in 5..200 {
        match background(&server, n) {
            (202, run) => kept.push(run["id"].as_str().expect("an id").to_owned()),
            (status, problem) => {
                let expected = (503, &"store_unavailable".into());
                assert_eq!((status, &problem["code"]), expected, "{problem}");
                refused += 1;
            }
        }
        if refused == 20 {
            break;
        }
    }
    assert!(refused > 0, "the disk is not full");
    for page in ["/", "/runs", "/livez", "/metrics"] {
        server.read(page);
    }
    let (ready, why) = server.send("GET", "/readyz", "");
    assert_eq!(ready, 503, "{why}");

    disk.free();
    let begun = Instant::now();
    while background(&server, 1_000).0 != 202 {
        assert!(begun.elapsed() < PATIENCE, "it does not recover");
        std::thread::sleep(Duration::from_millis(100));
    }
    for id in &kept {
        while matches!(server.status(id).as_str(), "queued" | "running") {
            assert!(begun.elapsed() < 4 * PATIENCE, "{id} is never done");
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(server.status(id), "completed", "{id}");
    }
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    let checked = run(&dir, &["check"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    println!("{refused} refused with 503, {} acknowledged before and while: all done", kept.len());
}

/// Who is logged in is seen, which cannot be written down then.
#[tokio::test]
#[ignore = "mounts a file system"]
async fn who_is_logged_in_reads_on_while_the_disk_is_full() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = Disk::mount(place.path()) else {
        println!("skipped: only root can mount a file system to fill");
        return;
    };
    let app = TestApp::new().await;
    let ann = people::add(&app, "ann", PersonRole::Admin).await;
    let page = format!("cookie: {}", people::browser(&app, &ann).await.cookie);
    let bearer = async || {
        let token = people::token(&app, &ann, PersonRole::Annotator, false).await;
        format!("authorization: Bearer {token}")
    };
    let (reader, writer) = (bearer().await, bearer().await);
    let earlier = "UPDATE sessions SET seen_at = seen_at - 3600";
    sqlx::query(earlier).execute(&mut raw(app.dir()).await).await.expect("seen earlier");
    let made = app.leave().await;
    let dir = place.path().join("data");
    std::fs::create_dir(&dir).expect("a folder");
    std::fs::copy(made.path().join("glore.db"), dir.join("glore.db")).expect("copied");

    let server = Server::start(&dir);
    disk.fill();
    let queue = |n: u64| {
        let body = format!("{{\"problem\": \"{}\", \"background\": true}}", problem(n));
        server.send_as(&writer, "POST", "/v1/solve", &body)
    };
    let mut answers = (0..200).map(queue);
    let refused = answers.find(|(status, _)| *status != 202).expect("the disk is not full");
    assert_eq!((refused.0, &refused.1["code"]), (503, &"store_unavailable".into()));
    for who in [&page, &reader] {
        for path in ["/v1/runs", "/runs", "/"] {
            let (status, answer) = server.send_as(who, "GET", path, "");
            assert_eq!(status, 200, "{who} {path}: {answer}");
        }
    }
}
