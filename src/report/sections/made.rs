//! What was run and what came of it: preset and sets.

use serde_json::Value;

use super::{Block, Section};
use crate::report::format::count;
use crate::report::results::Results;
use crate::report::table::Table;

/// Sizes and seeds; none until the checkpoints are written.
pub fn preset(results: &Results) -> Option<Section> {
    let settings = results.preset.as_object()?;
    let mut table = Table::new("Sizes and seeds", &["'setting", "value"]);
    for (name, value) in settings {
        table.push([name.replace('_', " "), written(value)]);
    }
    let made = match settings.get("further") {
        Some(Value::Bool(true)) => "trained further from those that were in use",
        _ => "made from nothing",
    };
    let mut text = vec![format!(
        "Five small models, {made}, on synthetic word problems whose every step can be checked. \
         Every draw is seeded."
    )];
    if !results.models.is_empty() {
        let short = |hash: &String| hash.chars().take(12).collect::<String>();
        let hashes: Vec<String> =
            results.models.iter().map(|(role, hash)| format!("{role} {}", short(hash))).collect();
        text.push(format!("Weights, by the start of their SHA-256: {}.", hashes.join(", ")));
    }
    let title = "What was run".to_owned();
    let block = Block { open: false, ..Block::table(table) };
    Some(Section { id: "preset", title, text, blocks: vec![block] })
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_u64() {
            Some(n) => count(n),
            // A rate that went through single precision has digits that nobody chose.
            None => number.as_f64().map_or(number.to_string(), |x| format!("{}", x as f32)),
        },
        other => other.to_string(),
    }
}

/// The sets, each with what was counted while it was made.
pub fn stages(results: &Results) -> Option<Section> {
    if results.stages.is_empty() {
        return None;
    }
    let mut table = Table::new("Sets that were written", &["'set", "lines", "'counted on the way"]);
    for stage in &results.stages {
        let others = stage.counts.iter().filter(|(name, _)| *name != "lines");
        let counts: Vec<String> =
            others.map(|(name, n)| format!("{} {}", name.replace('_', " "), count(*n))).collect();
        table.push([stage.name.clone(), count(stage.lines), counts.join("; ")]);
    }
    Some(Section {
        id: "stages",
        title: "Sets".to_owned(),
        text: Vec::new(),
        blocks: vec![Block::table(table)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_they_were_chosen() {
        let json = serde_json::json!([0.800000011920929, 12000, "bisect", true]);
        let all: Vec<String> = json.as_array().expect("a list").iter().map(written).collect();
        assert_eq!(all, ["0.8", "12\u{202f}000", "bisect", "true"]);
    }
}
