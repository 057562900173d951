//! `glore config`: every setting in force, as a file that can be read back.

use serde_json::{Map, Value};

use crate::config::Config;

/// Print every setting in force as TOML: defaults, then --config FILE, then the environment.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  glore config                       the defaults, and what the environment changes
  glore config > glore.toml          a file to edit and give back with --config glore.toml")]
pub struct Args {}

/// Prints the settings.
pub(super) fn run(Args {}: Args, config: &Config) -> anyhow::Result<()> {
    super::print(&toml(config)?)
}

/// A configuration is tables of plain values, so this is all of TOML that is needed.
fn toml(config: &Config) -> anyhow::Result<String> {
    let mut text = String::new();
    if let Value::Object(root) = serde_json::to_value(config)? {
        write_table(&mut text, "", &root);
    }
    Ok(text)
}

fn write_table(text: &mut String, name: &str, table: &Map<String, Value>) {
    let (tables, values): (Vec<_>, Vec<_>) = table
        .iter()
        .filter(|(_, value)| !value.is_null())
        .partition(|(_, value)| value.is_object());
    if !values.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("[{name}]\n"));
    }
    for (key, value) in values {
        // JSON writes strings, numbers, booleans and lists of strings as TOML does.
        text.push_str(&format!("{key} = {value}\n"));
    }
    for (key, value) in tables {
        let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
        if let Value::Object(table) = value {
            write_table(text, &name, table);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_read_back() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("glore.toml");
        let models =
            "[models.sorm]\npath = \"/m/\\\"x\\\\y\"\nlabels = [\"+\", \"-\"]\nthreshold = 0.25\n";
        std::fs::write(&file, models).expect("written");
        let config = Config::load(Some(&file)).expect("valid");
        std::fs::write(&file, toml(&config).expect("printed")).expect("written");
        assert_eq!(Config::load(Some(&file)).expect("valid again"), config);
    }
}
