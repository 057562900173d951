//! Addresses whose answers are for programs, errors and refusals included; all others are pages.

/// Whether errors at this address are for programs.
pub(super) fn is_for_programs(path: &str) -> bool {
    const MACHINE: [&str; 6] =
        ["/v1", "/livez", "/readyz", "/version", "/metrics", "/openapi.json"];
    path.is_empty()
        || MACHINE.iter().any(|prefix| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_follows_the_address() {
        for path in ["/v1", "/v1/runs/x", "/readyz", "/metrics", "/openapi.json"] {
            assert!(is_for_programs(path), "{path}");
        }
        for path in ["/", "/runs/x", "/v10", "/readyz-not"] {
            assert!(!is_for_programs(path), "{path}");
        }
    }
}
