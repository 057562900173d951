//! The settings of a queue in a line, for the audit log.

use serde_json::{Map, Value};

use super::queues::Queue;
use crate::domain::review::QueueSettings;
use crate::store::StoreError;

/// Every setting.
pub(super) fn summary(settings: &QueueSettings, open: bool) -> Result<String, StoreError> {
    let fields = fields(settings, open)?;
    let words = fields.iter().map(|(name, value)| format!("{name} {value}"));
    Ok(words.collect::<Vec<_>>().join(", "))
}

/// What becomes different, from what to what; empty where nothing does.
pub(super) fn changes(
    before: &Queue,
    settings: &QueueSettings,
    open: bool,
    guidelines: &str,
) -> Result<String, StoreError> {
    let old = fields(&before.settings, before.open)?;
    let new = fields(settings, open)?;
    let changed = new.iter().filter(|(name, value)| old.get(*name) != Some(value));
    let words = changed.map(|(name, value)| {
        let old = old.get(name).map_or("nothing".to_owned(), Value::to_string);
        format!("{name} {old} to {value}")
    });
    let guidelines = (before.guidelines.text != guidelines).then(|| "new guidelines".to_owned());
    Ok(words.chain(guidelines).collect::<Vec<_>>().join(", "))
}

/// By name, each weight by its rule.
fn fields(settings: &QueueSettings, open: bool) -> Result<Map<String, Value>, StoreError> {
    let unreadable = |e| StoreError::Unreadable(format!("settings: {e}"));
    let mut fields = Map::new();
    if let Value::Object(all) = serde_json::to_value(settings).map_err(unreadable)? {
        for (name, value) in all {
            match value {
                Value::Object(weights) => fields.extend(weights),
                value => {
                    fields.insert(name, value);
                }
            }
        }
    }
    fields.insert("open".to_owned(), open.into());
    Ok(fields)
}
