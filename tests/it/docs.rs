//! What the documents say of settings and limits, held against the program.

use std::path::Path;

use glore::config::{Config, ModelSource};
use serde_json::Value;

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read_to_string(path).expect("readable")
}

/// `section.key` and the default as the table writes it.
fn settings(value: &Value) -> Vec<(String, String)> {
    let Value::Object(sections) = value else { panic!("sections") };
    let mut all = Vec::new();
    for (section, keys) in sections.iter().filter(|(name, _)| *name != "models") {
        for (key, default) in keys.as_object().expect("a section") {
            let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
            all.push((format!("{section}.{key}"), default));
        }
    }
    all
}

#[test]
fn every_setting_is_listed_with_its_default() {
    let text = document("operations.md");
    let config = serde_json::to_value(Config::default()).expect("JSON");
    let settings = settings(&config);
    let mut missing = Vec::new();
    for (name, default) in &settings {
        // The default engine depends on how the program was built.
        let row = match name.as_str() {
            "engine.kind" => format!("| `{name}` | "),
            _ => format!("| `{name}` | `{default}` |"),
        };
        if !text.contains(&row) {
            missing.push(row);
        }
    }
    assert!(missing.is_empty(), "docs/operations.md has no\n{}", missing.join("\n"));
    let listed = text.lines().filter(|line| {
        let name = line.strip_prefix("| `").and_then(|rest| rest.split('`').next());
        name.is_some_and(|name| name.split('.').next().is_some_and(|s| config.get(s).is_some()))
            && !line.starts_with("| `models.")
    });
    assert_eq!(listed.count(), settings.len(), "a setting is listed that does not exist");
}

#[test]
fn every_setting_of_a_model_is_listed() {
    let text = document("operations.md");
    let source = serde_json::to_value(ModelSource::at(Path::new("x"))).expect("JSON");
    let names = source.as_object().expect("an object").keys();
    let missing: Vec<_> = names.filter(|name| !text.contains(&format!("\n| `{name}` |"))).collect();
    assert!(missing.is_empty(), "docs/operations.md does not list {missing:?}");
}

#[test]
fn every_metric_is_listed() {
    let text = document("operations.md");
    let source = include_str!("../../src/web/metrics.rs");
    let names: Vec<&str> = source
        .split('"')
        .filter(|word| word.starts_with("glore_") || word.starts_with("http_requests"))
        .collect();
    assert!(names.len() >= 14, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !text.contains(*name)).collect();
    assert!(missing.is_empty(), "docs/operations.md does not list {missing:?}");
}
