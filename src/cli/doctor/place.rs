//! Where a server would be: its address, its folder, the disk under it.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use super::{Check, State};
use crate::config::Config;

const MIB: u64 = 1024 * 1024;
/// Under this the next backup or the write-ahead log of a busy hour may not fit.
const ENOUGH_MIB: u64 = 1024;
/// Under this not even the embedded models can be unpacked beside a database.
const TOO_LITTLE_MIB: u64 = 64;

pub(super) fn checks(config: &Config) -> Vec<Check> {
    let dir = &config.store.dir;
    vec![address(config), folder(dir), disk(dir)]
}

fn address(config: &Config) -> Check {
    let address = config.server.listen;
    let (state, detail) = match TcpListener::bind(address) {
        Ok(_) => (State::Ok, format!("{address} is free")),
        Err(e) if e.kind() == ErrorKind::AddrInUse => {
            (State::Warn, format!("{address} is in use: by a running server, or by something else"))
        }
        Err(e) => (State::Fail, format!("{address}: {e}")),
    };
    Check::new("address", state, detail)
}

/// The folder, or the nearest one above it that exists.
fn existing(dir: &Path) -> PathBuf {
    let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let found = whole.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    found.to_owned()
}

/// Tried with a file of our own, which says more than the permissions do.
fn folder(dir: &Path) -> Check {
    let place = existing(dir);
    let (state, detail) = match tempfile::tempfile_in(&place) {
        Ok(_) if dir.exists() => (State::Ok, format!("{} can be written", dir.display())),
        Ok(_) => (State::Ok, format!("{} does not exist yet and can be made", dir.display())),
        Err(e) => (State::Fail, format!("{} cannot be written: {e}", place.display())),
    };
    Check::new("data folder", state, detail)
}

fn disk(dir: &Path) -> Check {
    let place = existing(dir);
    let (state, detail) = match rustix::fs::statvfs(&place) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize) / MIB;
            (judged(free), format!("{free} MiB free at {}", place.display()))
        }
        Err(e) => (State::Warn, format!("free space at {} is not known: {e}", place.display())),
    };
    Check::new("disk", state, detail)
}

fn judged(free_mib: u64) -> State {
    match free_mib {
        ..TOO_LITTLE_MIB => State::Fail,
        TOO_LITTLE_MIB..ENOUGH_MIB => State::Warn,
        ENOUGH_MIB.. => State::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_is_judged() {
        assert_eq!([0, 63, 64, 1023, 1024].map(judged), {
            [State::Fail, State::Fail, State::Warn, State::Warn, State::Ok]
        });
    }

    #[test]
    fn a_file_in_the_way_of_the_folder_is_a_failure() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let check = folder(&file.path().join("data"));
        assert_eq!(check.state, State::Fail, "{}", check.detail);
        assert!(check.detail.contains(&file.path().display().to_string()), "{}", check.detail);
    }

    #[test]
    fn an_address_that_is_taken_is_a_warning() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut config = Config::default();
        config.server.listen = taken.local_addr().expect("an address");
        assert_eq!(address(&config).state, State::Warn);
    }
}
