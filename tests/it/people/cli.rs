//! `glore user` and `glore token`, and a server that needs users before it starts.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn glore(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glore"));
    command
        .env("GLORE_STORE__DIR", dir)
        .env("GLORE_SERVER__LISTEN", "127.0.0.1:0")
        .env("GLORE_ENGINE__KIND", "batch");
    command
}

fn run(dir: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = glore(dir)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    // A command that refuses its arguments has gone before it reads.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    child.wait_with_output().expect("ended")
}

#[track_caller]
fn says(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn refuses(output: &Output, word: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains(word), "{error}");
}

#[test]
fn people_are_looked_after_from_the_command_line() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    let password = "correct horse battery\n";
    assert!(says(&run(dir, &["user", "list"], "")).contains("no users"));
    refuses(&run(dir, &["user", "add", "ana", "--role", "viewer"], password), "first user");
    refuses(&run(dir, &["user", "add", "ana", "--role", "admin"], "short\n"), "at least 12");
    refuses(&run(dir, &["user", "add", "a b", "--role", "admin"], password), "letters a to z");
    refuses(&run(dir, &["user", "add", "ana", "--role", "root"], password), "adjudicator");
    assert_eq!(
        says(&run(dir, &["user", "add", "ana", "--role", "admin"], password)),
        "added ana (admin)\n"
    );
    says(&run(dir, &["user", "add", "ben", "--role", "viewer"], password));
    refuses(&run(dir, &["user", "add", "Ben", "--role", "viewer"], password), "already");
    says(&run(dir, &["user", "role", "ben", "annotator"], ""));
    says(&run(dir, &["user", "password", "ben"], "another horse battery\n"));
    refuses(&run(dir, &["user", "disable", "ana"], ""), "last admin");
    says(&run(dir, &["user", "disable", "ben"], ""));
    assert_eq!(says(&run(dir, &["user", "list"], "")), "ana  admin\nben  annotator  disabled\n");
    says(&run(dir, &["user", "enable", "ben"], ""));

    refuses(&run(dir, &["token", "add", "eve", "--name", "x"], ""), "no user called `eve`");
    let role = ["token", "add", "ben", "--name", "x", "--role", "admin"];
    refuses(&run(dir, &role, ""), "no more than that");
    let token = says(&run(dir, &["token", "add", "ben", "--name", "a job", "--read-only"], ""));
    assert!(token.starts_with("glr_") && token.trim_end().len() == 60, "{token}");
    let list = says(&run(dir, &["token", "list", "ben"], ""));
    assert!(list.contains("annotator read-only") && list.contains("a job"), "{list}");
    assert!(!list.contains(token.trim_end()));
    let id = list.split(' ').next().expect("an id");
    says(&run(dir, &["token", "revoke", id], ""));
    assert!(says(&run(dir, &["token", "list", "ben"], "")).contains("revoked "));
}

#[tokio::test]
async fn an_export_of_labels_is_written_down() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    says(&run(dir.path(), &["user", "add", "ana", "--role", "admin"], "correct horse battery\n"));
    let file = dir.path().join("labels.jsonl").display().to_string();
    says(&run(dir.path(), &["export", "annotations", "--form", "raw", "--out", &file], ""));
    let store = glore::store::Store::beside(dir.path()).await.expect("opened");
    let line = store.audit().page(None, None, 1).await.expect("read").remove(0);
    assert_eq!(line.action, glore::domain::Action::AnnotationsExported.as_str());
    assert_eq!((line.target.as_str(), line.detail.as_str()), ("every queue", "form raw"));
}

#[test]
fn a_server_for_others_needs_users() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let serve = |settings: &[(&str, &str)]| {
        let mut command = glore(dir.path());
        command.arg("serve").stdin(Stdio::null());
        command.envs(settings.iter().copied()).output().expect("ended")
    };
    let public = ("GLORE_SERVER__LISTEN", "0.0.0.0:0");
    refuses(&serve(&[public]), "auth.transport");
    refuses(&serve(&[public, ("GLORE_AUTH__TRANSPORT", "plain")]), "glore user add");
    // A proxy on this machine lets in others as well.
    refuses(&serve(&[("GLORE_AUTH__TRANSPORT", "tls")]), "glore user add");
}
