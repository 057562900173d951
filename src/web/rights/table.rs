//! Who may do what: every route and method once, with the least role that it takes.
//!
//! What is not here is refused, whoever asks. To add a route, add its line; a test walks the router
//! and fails for one without.

use axum::http::Method;

use crate::domain::PersonRole;

/// The least that a request must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// Nothing.
    Open,
    /// What `auth.open_metrics` says: nothing, or the role admin.
    Metrics,
    /// A role, by session or by token.
    Role(PersonRole),
    /// A role in a session: a token that leaks must not make others or change a password.
    Session(PersonRole),
}

const OPEN: Least = Least::Open;
const VIEWER: Least = Least::Role(PersonRole::Viewer);
const ANNOTATOR: Least = Least::Role(PersonRole::Annotator);
const ADJUDICATOR: Least = Least::Role(PersonRole::Adjudicator);
const ONESELF: Least = Least::Session(PersonRole::Viewer);
const ADMIN: Least = Least::Session(PersonRole::Admin);

/// Route as the router writes it, method, least. HEAD is what GET is.
const TABLE: &[(&str, &str, Least)] = &[
    // Pages.
    ("/", "GET", VIEWER),
    ("/runs", "GET", VIEWER),
    ("/runs", "POST", ANNOTATOR),
    ("/runs/{id}", "GET", VIEWER),
    ("/runs/{id}/live", "GET", VIEWER),
    ("/runs/{id}/cancel", "POST", ANNOTATOR),
    ("/runs/{id}/priority", "POST", ANNOTATOR),
    ("/runs/{id}/tags", "POST", ANNOTATOR),
    ("/runs/{id}/untag", "POST", ANNOTATOR),
    ("/runs/{id}/refine", "POST", ANNOTATOR),
    ("/runs/views", "POST", ANNOTATOR),
    ("/runs/views/delete", "POST", ANNOTATOR),
    ("/compare", "GET", VIEWER),
    ("/batches", "GET", VIEWER),
    ("/batches", "POST", ANNOTATOR),
    ("/batches/{id}", "GET", VIEWER),
    ("/batches/{id}/live", "GET", VIEWER),
    ("/batches/{id}/cancel", "POST", ANNOTATOR),
    ("/batches/{id}/priority", "POST", ANNOTATOR),
    ("/lab", "GET", VIEWER),
    ("/lab/live", "GET", VIEWER),
    ("/docs", "GET", VIEWER),
    ("/api", "GET", VIEWER),
    ("/problems/{word}", "GET", VIEWER),
    ("/theme", "POST", OPEN),
    ("/static/{hash}/{*name}", "GET", OPEN),
    // People.
    ("/login", "GET", OPEN),
    ("/login", "POST", OPEN),
    ("/logout", "POST", ONESELF),
    ("/me", "GET", ONESELF),
    ("/me/password", "POST", ONESELF),
    ("/me/tokens", "POST", ONESELF),
    ("/me/tokens/{id}/revoke", "POST", ONESELF),
    ("/me/sessions/end", "POST", ONESELF),
    ("/admin/users", "GET", ADMIN),
    ("/admin/users", "POST", ADMIN),
    ("/admin/users/{id}", "GET", ADMIN),
    ("/admin/users/{id}/role", "POST", ADMIN),
    ("/admin/users/{id}/disabled", "POST", ADMIN),
    ("/admin/users/{id}/password", "POST", ADMIN),
    ("/admin/users/{id}/sessions/end", "POST", ADMIN),
    ("/admin/users/{id}/tokens/revoke", "POST", ADMIN),
    ("/admin/audit", "GET", ADMIN),
    // Review.
    ("/review", "GET", ANNOTATOR),
    ("/review/queues", "POST", ADJUDICATOR),
    ("/review/queues/new", "GET", ADJUDICATOR),
    ("/review/queues/{id}", "GET", ANNOTATOR),
    ("/review/queues/{id}/settings", "GET", ADJUDICATOR),
    ("/review/queues/{id}/settings", "POST", ADJUDICATOR),
    ("/review/queues/{id}/fill", "POST", ADJUDICATOR),
    ("/review/queues/{id}/next", "POST", ANNOTATOR),
    ("/review/items/{id}", "GET", ANNOTATOR),
    ("/review/items/{id}/take", "POST", ANNOTATOR),
    ("/review/items/{id}/act", "POST", ANNOTATOR),
    ("/review/items/{id}/keep", "POST", ANNOTATOR),
    ("/review/items/{id}/skip", "POST", ANNOTATOR),
    ("/review/items/{id}/leave", "POST", ANNOTATOR),
    ("/review/items/{id}/submit", "POST", ANNOTATOR),
    ("/review/submissions/{id}/undo", "POST", ANNOTATOR),
    ("/review/keys", "GET", ANNOTATOR),
    ("/review/keys", "POST", ANNOTATOR),
    ("/review/quality", "GET", ADJUDICATOR),
    ("/review/adjudicate", "GET", ADJUDICATOR),
    ("/review/adjudicate/{item}", "GET", ADJUDICATOR),
    ("/review/adjudicate/{item}", "POST", ADJUDICATOR),
    ("/review/adjudicate/{item}/gold", "POST", ADJUDICATOR),
    ("/review/export", "GET", ADJUDICATOR),
    ("/review/export/file", "GET", ADJUDICATOR),
    ("/review/export/manifest", "GET", ADJUDICATOR),
    ("/runs/{id}/flag", "GET", ANNOTATOR),
    ("/runs/{id}/flag", "POST", ANNOTATOR),
    // The API.
    ("/v1/solve", "POST", ANNOTATOR),
    ("/v1/critique", "POST", ANNOTATOR),
    ("/v1/refine", "POST", ANNOTATOR),
    ("/v1/chat/completions", "POST", ANNOTATOR),
    ("/v1/completions", "POST", ANNOTATOR),
    ("/v1/runs", "GET", VIEWER),
    ("/v1/runs/{id}", "GET", VIEWER),
    ("/v1/runs/{id}/diff", "GET", VIEWER),
    ("/v1/runs/{id}/events", "GET", VIEWER),
    ("/v1/runs/{id}/cancel", "POST", ANNOTATOR),
    ("/v1/runs/{id}/priority", "POST", ANNOTATOR),
    ("/v1/batches", "GET", VIEWER),
    ("/v1/batches", "POST", ANNOTATOR),
    ("/v1/batches/{id}", "GET", VIEWER),
    ("/v1/batches/{id}/cancel", "POST", ANNOTATOR),
    ("/v1/batches/{id}/priority", "POST", ANNOTATOR),
    ("/v1/batches/{id}/results", "GET", VIEWER),
    ("/v1/models", "GET", VIEWER),
    ("/v1/models/{id}", "GET", VIEWER),
    ("/v1/queues", "GET", ANNOTATOR),
    ("/v1/queues/{id}/next", "POST", ANNOTATOR),
    ("/v1/items/{id}/submissions", "POST", ANNOTATOR),
    ("/v1/annotations/export", "GET", ADJUDICATOR),
    ("/v1/annotations/export/manifest", "GET", ADJUDICATOR),
    ("/openapi.json", "GET", VIEWER),
    ("/version", "GET", VIEWER),
    // Machines that watch this one.
    ("/livez", "GET", OPEN),
    ("/readyz", "GET", OPEN),
    ("/metrics", "GET", Least::Metrics),
];

/// The whole table: route, method, least.
pub fn rights_table() -> &'static [(&'static str, &'static str, Least)] {
    TABLE
}

/// What the table says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) enum Said {
    Least(Least),
    /// The route has these methods and no other.
    OtherMethods(Vec<&'static str>),
    /// Nothing: the route is not here.
    Nothing,
}

/// Looks a route up.
pub(in crate::web) fn least(route: &str, method: &Method) -> Said {
    let asked = if method == Method::HEAD { "GET" } else { method.as_str() };
    let lines = TABLE.iter().filter(|(path, ..)| *path == route);
    let mut methods = Vec::new();
    for (_, method, least) in lines {
        if *method == asked {
            return Said::Least(*least);
        }
        methods.push(*method);
        if *method == "GET" {
            methods.push("HEAD");
        }
    }
    if methods.is_empty() { Said::Nothing } else { Said::OtherMethods(methods) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_is_there_once() {
        let lines: HashSet<_> = TABLE.iter().map(|(path, method, _)| (path, method)).collect();
        assert_eq!(lines.len(), TABLE.len());
    }

    #[test]
    fn what_is_not_there_is_not_allowed() {
        assert_eq!(least("/nothing", &Method::GET), Said::Nothing);
        assert_eq!(least("/v1/solve", &Method::GET), Said::OtherMethods(vec!["POST"]));
        assert_eq!(least("/livez", &Method::POST), Said::OtherMethods(vec!["GET", "HEAD"]));
        assert_eq!(least("/runs", &Method::HEAD), Said::Least(VIEWER));
    }

    /// What changes something is more than looking, whoever wrote the line.
    #[test]
    fn no_viewer_changes_anything_but_their_own() {
        for (path, method, least) in TABLE {
            let own = path.starts_with("/me/") || ["/logout", "/login", "/theme"].contains(path);
            if *method != "GET" && !own {
                assert!(!matches!(least, Least::Open | Least::Metrics), "{method} {path}");
                let viewer = [VIEWER, ONESELF].contains(least);
                assert!(!viewer, "{method} {path}");
            }
        }
    }
}
