//! What the process that tries models may take of the machine.

use std::fs;
use std::io;

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use crate::config::Config;

const MIB: u64 = 1024 * 1024;

/// Ends this process when the one that started it ends, however that is.
pub(super) fn die_with_parent() -> io::Result<()> {
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Bounds the memory that this process can have written to. Not where a GPU is used: its driver
/// maps far more than it takes.
pub(super) fn limit_memory(config: &Config) -> io::Result<()> {
    if config.models.values().any(|source| source.device != "cpu") {
        return Ok(());
    }
    let bytes = match config.engine.max_memory_mb {
        0 => fs::read_to_string("/proc/meminfo").ok().and_then(|text| nine_tenths_of_free(&text)),
        most => Some(most.saturating_mul(MIB)),
    };
    if bytes.is_some() {
        setrlimit(Resource::Data, Rlimit { current: bytes, maximum: bytes })?;
    }
    Ok(())
}

/// Of the memory that can be had without swapping, in bytes.
fn nine_tenths_of_free(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024 / 10 * 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_memory_is_read_from_its_line() {
        let text = "MemTotal:       24000 kB\nMemAvailable:    1000 kB\nCached: 7 kB\n";
        assert_eq!(nine_tenths_of_free(text), Some(921_600));
        assert_eq!(nine_tenths_of_free("MemTotal: 5 kB"), None);
        assert_eq!(nine_tenths_of_free("MemAvailable: many"), None);
    }
}
