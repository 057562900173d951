//! An address of a server, as the configuration has it.

use std::net::IpAddr;

/// The base of an OpenAI-compatible API, such as `http://host:8000/v1`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url(String);

impl Url {
    /// Reads one from the configuration. The sentence of a refusal does not repeat it: it may hold a
    /// password.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let url = reqwest::Url::parse(text.trim()).map_err(|e| format!("is no address: {e}"))?;
        match url.scheme() {
            "http" => {}
            "https" if cfg!(feature = "mistralrs") => {}
            "https" => return Err("https needs a build with mistral.rs".to_owned()),
            _ => return Err("must begin with http:// or https://".to_owned()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a name or a password; use api_key_env".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not have a query or a fragment".to_owned());
        }
        let host = url.host_str().unwrap_or_default();
        if host.trim_matches(['[', ']']).parse().is_ok_and(is_link_local) {
            return Err("is a link-local address, where clouds keep their secrets".to_owned());
        }
        let base = url.as_str().trim_end_matches('/');
        if !base.ends_with("/v1") {
            return Err("must end in /v1".to_owned());
        }
        Ok(Self(base.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn models(&self) -> String {
        format!("{}/models", self.0)
    }

    pub(super) fn completions(&self) -> String {
        format!("{}/completions", self.0)
    }

    /// vLLM has this call beside `/v1`, not under it.
    pub(super) fn pooling(&self) -> String {
        format!("{}/pooling", self.0.trim_end_matches("/v1"))
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local() || v6.to_ipv4_mapped().is_some_and(|v4| v4.is_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_stand_under_the_address() {
        let url = Url::parse(" http://gpu-1:8000/a/v1/ ").expect("an address");
        assert_eq!(url.models(), "http://gpu-1:8000/a/v1/models");
        assert_eq!(url.completions(), "http://gpu-1:8000/a/v1/completions");
        assert_eq!(url.pooling(), "http://gpu-1:8000/a/pooling");
    }

    #[test]
    fn other_addresses_are_refused_without_being_repeated() {
        for (text, says) in [
            ("", "no address"),
            ("gpu-1:8000/v1", "http://"),
            ("ftp://gpu-1/v1", "http://"),
            ("http://gpu-1:8000", "/v1"),
            ("http://me:hunter2@gpu-1/v1", "api_key_env"),
            ("http://gpu-1/v1?key=hunter2", "query"),
            ("http://169.254.169.254/v1", "link-local"),
            ("http://[fe80::1]/v1", "link-local"),
            ("http://[::ffff:169.254.169.254]/v1", "link-local"),
        ] {
            let refused = Url::parse(text).expect_err(text);
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{text}: {refused}");
        }
        let https = Url::parse("https://gpu-1/v1");
        assert_eq!(https.is_ok(), cfg!(feature = "mistralrs"));
    }
}
