//! Holds the code to the table of rooms in the architecture document.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may name; its own it always may. `cli` and `main.rs` may name all.
const MAY_IMPORT: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("config", &["domain"]),
    ("model", &["domain"]),
    ("engine", &["domain", "config", "model"]),
    ("pipeline", &["domain", "engine"]),
    ("lab", &["domain", "model", "engine", "pipeline"]),
    ("report", &["domain", "lab"]),
    ("store", &["domain", "config"]),
    ("app", &["config", "domain", "engine", "store"]),
    ("work", &["app", "domain", "engine", "pipeline"]),
    ("jobs", &["app", "work", "domain", "engine", "store", "pipeline", "lab"]),
    ("web", &["app", "work", "config", "domain", "engine", "store", "pipeline", "report"]),
    ("lib", &[]),
];

/// Crates that only some files may name, by the beginning of their path under `src/`.
const ONLY_IN: [(&str, &[&str]); 8] = [
    ("mistralrs", &["engine/mistral"]),
    ("reqwest", &["engine/remote/"]),
    ("sqlx", &["store/"]),
    ("axum", &["web/"]),
    ("hyper", &["web/listen.rs"]),
    ("hyper_util", &["web/listen.rs"]),
    ("askama", &["web/"]),
    ("opentelemetry", &["cli/spans.rs"]),
];

const MAX_LINES: usize = 300;

fn files_under(dir: &str, extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Path under `src/`, and the text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    files_under("src", "rs")
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("under src").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("readable"))
        })
        .collect()
}

/// Code lines only: a comment may name what it likes.
fn code(text: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// Every `x` of `crate::x` and of `crate::{x, y::z}`.
fn rooms_named(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c == '$' || c == '_' || c.is_alphanumeric()) {
            continue;
        }
        let rest = &code[at + found.len()..];
        let word = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        match rest.strip_prefix('{') {
            None => {
                rooms.insert(word(rest));
            }
            Some(list) => {
                let mut depth = 0;
                let mut begin = 0;
                for (i, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            rooms.insert(word(&list[begin..i]));
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            rooms.insert(word(&list[begin..i]));
                            begin = i + 1;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

#[test]
fn rooms_keep_to_the_table() {
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let room = file.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        if room == "cli" || room == "main" {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            broken.push(format!("{file}: the room `{room}` is not in the table"));
            continue;
        };
        for named in rooms_named(&code(&text)) {
            if named != room && !allowed.contains(&named.as_str()) {
                broken.push(format!("{file}: `{room}` may not name `{named}`"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn crates_stay_where_they_belong() {
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let code = code(&text);
        for (name, places) in ONLY_IN {
            let path = format!("{name}::");
            let named = code.match_indices(&path).any(|(at, _)| {
                !code[..at].ends_with(|c: char| c == '_' || c == ':' || c.is_alphanumeric())
            });
            if named && !places.iter().any(|place| file.starts_with(place)) {
                broken.push(format!("{file} names {name}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn files_stay_short() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(file, lines)| format!("{file}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "at most {MAX_LINES}:\n{}", long.join("\n"));
}

#[test]
fn every_room_says_what_it_holds() {
    for (file, text) in sources().into_iter().filter(|(file, _)| file.ends_with("mod.rs")) {
        assert!(text.starts_with("//!"), "{file} begins without a `//!` comment");
    }
}

/// The content security policy forbids all of these; in a template they would be dead or a hole.
#[test]
fn templates_have_nothing_inline() {
    let mut broken = Vec::new();
    for path in files_under("templates", "html") {
        let text = fs::read_to_string(&path).expect("readable").to_lowercase();
        let inline_script = text
            .split("<script")
            .skip(1)
            .any(|tag| !tag.split('>').next().unwrap_or_default().contains("src="));
        let handler = ["onclick=", "onchange=", "onsubmit=", "onload=", "onerror=", "oninput="];
        let found = [" style=", "<style", "|safe", "| safe", "javascript:"];
        for word in found.iter().chain(&handler).filter(|word| text.contains(**word)) {
            broken.push(format!("{}: {word}", path.display()));
        }
        if inline_script {
            broken.push(format!("{}: a script without src", path.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_scanner_sees_lists_and_paths() {
    let named = rooms_named(
        "use crate::{app::App, web::{Error, Json}, work};\ncrate::store::x(); $crate::y",
    );
    let expected = ["app", "store", "web", "work"].map(str::to_owned);
    assert_eq!(named, BTreeSet::from(expected));
}
