//! Data sets of others, in whatever form their first record seems to have: read or refused.
#![no_main]

use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use glore::lab::formats::read_all;
use libfuzzer_sys::fuzz_target;
use rustix::fs::{MemfdFlags, memfd_create};

fuzz_target!(|bytes: &[u8]| {
    // A file that is only in memory, read by the name that the system gives it.
    let memory = memfd_create("set", MemfdFlags::CLOEXEC).expect("a file in memory");
    let mut file = std::fs::File::from(memory);
    file.write_all(bytes).expect("written");
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    if let Err(error) = read_all(&path, None) {
        assert!(!error.to_string().is_empty());
    }
});
