//! What the calls that pages show begin with: this server as the reader's browser reached it, which
//! behind a proxy, or on another port, is not where it listens.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;
use serde_json::Value;

use crate::app::App;
use crate::config::Transport;
use crate::web::Person;

/// Names the variable that holds the token, in every call that is shown.
pub const TOKEN: &str = "GLORE_TOKEN";
/// Longest name of a host with its port.
const MAX_HOST: usize = 262;

/// Where calls go, and whether they have to show who sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Such as `http://127.0.0.1:8080`.
    pub address: String,
    /// There are users, so that a program needs a token.
    pub token: bool,
}

impl Origin {
    /// The same for a call that takes no role.
    pub fn open(&self) -> Self {
        Self { token: false, ..self.clone() }
    }

    /// Reads what is at `path`; a line for a shell, to which more can be added.
    pub fn curl(&self, path: &str) -> String {
        let token = match self.token {
            true => format!(" -H \"Authorization: Bearer ${TOKEN}\""),
            false => String::new(),
        };
        format!("curl -s '{}{path}'{token}", self.address)
    }

    /// A POST of JSON that can be pasted into a shell, whatever is in it.
    pub fn curl_json(&self, path: &str, body: &Value) -> String {
        let quoted = body.to_string().replace('\'', r"'\''");
        format!("{} -H 'content-type: application/json' -d '{quoted}'", self.curl(path))
    }

    /// The same call with what comes with Python. The body holds texts and numbers only, which both
    /// languages write alike.
    pub fn python(&self, path: &str, body: &Value) -> String {
        let (import, token) = match self.token {
            true => (
                "import json\nimport os\n",
                format!("\n        \"authorization\": \"Bearer \" + os.environ[\"{TOKEN}\"],"),
            ),
            false => ("import json\n", String::new()),
        };
        let address = &self.address;
        format!(
            "{import}from urllib.request import Request, urlopen\n\nbody = {body:#}\n\
             request = Request(\n    \"{address}{path}\",\n    data=json.dumps(body).encode(),\n    \
             headers={{\n        \"content-type\": \"application/json\",{token}\n    }},\n)\n\
             run = json.load(urlopen(request))\nprint(run[\"answer\"])\n"
        )
    }
}

impl FromRequestParts<App> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.filter(|host| is_plain(host)).map(str::to_owned);
        let host = host.unwrap_or_else(|| app.config.server.listen.to_string());
        let scheme = match app.config.auth.transport {
            Transport::Tls => "https",
            Transport::Loopback | Transport::Plain => "http",
        };
        let token = parts.extensions.get::<Person>().is_some_and(|person| person.id.is_some());
        Ok(Self { address: format!("{scheme}://{host}"), token })
    }
}

/// Nothing that a shell would take for more than a name.
fn is_plain(host: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    (1..=MAX_HOST).contains(&host.len()) && host.chars().all(letter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn origin(token: bool) -> Origin {
        Origin { address: "http://h:1".to_owned(), token }
    }

    #[test]
    fn python_gets_a_dictionary() {
        let body = json!({ "problem": "a \"b\"\nc", "seed": 3 });
        let call = origin(false).python("/v1/solve", &body);
        assert!(
            call.contains("body = {\n  \"problem\": \"a \\\"b\\\"\\nc\",\n  \"seed\": 3\n}"),
            "{call}"
        );
        assert!(call.contains("    \"http://h:1/v1/solve\",\n    data="), "{call}");
        assert!(!call.contains("authorization"), "{call}");
    }

    #[test]
    fn a_shell_gets_the_text_and_nothing_else() {
        let body = json!({ "problem": "it's $(rm) `x` \"y\"" });
        let call = origin(true).curl_json("/v1/solve", &body);
        assert!(call.ends_with(r#"-d '{"problem":"it'\''s $(rm) `x` \"y\""}'"#), "{call}");
        let begins = "curl -s 'http://h:1/v1/solve' -H \"Authorization: Bearer $GLORE_TOKEN\" -H ";
        assert!(call.starts_with(begins), "{call}");
    }

    #[test]
    fn a_host_is_a_name_and_no_command() {
        for host in ["localhost", "glore.example:8443", "[::1]:8080", "my_desk"] {
            assert!(is_plain(host), "{host}");
        }
        for host in ["", "a'b", "a b", "a$(rm)", "a/b", "u@h", "\u{e9}.example"] {
            assert!(!is_plain(host), "{host}");
        }
    }
}
