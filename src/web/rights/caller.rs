//! Who sends a request: nobody known, the local person, a user in a session, a program with a token.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use super::{cookie, host};
use crate::app::App;
use crate::domain::{Actor, ApiToken, Session, SessionSecret, User};
use crate::web::{Code, Error, Person, client, context};

/// The local person comes by a name of this machine.
const NOT_OURS: &str = "there are no users, so that this server answers to localhost, to addresses \
    and to names without a dot alone, or any site could have its own name lead here; behind a proxy \
    set auth.transport and add users with `glore user add`";

/// How somebody is known.
#[derive(Debug, Clone)]
pub(in crate::web) enum Via {
    /// By nothing: there are users, and this is none of them.
    Nobody,
    /// There are no users.
    Local,
    Session {
        session: Session,
        secret: SessionSecret,
        user: User,
    },
    Token {
        user: User,
        /// The least of what the token and its user may.
        role: crate::domain::PersonRole,
        read_only: bool,
    },
}

/// Who sends the request, and from where.
#[derive(Debug, Clone)]
pub(in crate::web) struct Caller {
    pub via: Via,
    /// As far as it is known; for the log and for counting attempts.
    pub address: String,
}

impl Caller {
    /// The person, if it is one.
    pub fn person(&self) -> Option<Person> {
        match &self.via {
            Via::Nobody => None,
            Via::Local => Some(Person::local()),
            Via::Session { user, .. } => {
                Some(Person { id: Some(user.id), name: user.name.clone(), role: user.role })
            }
            Via::Token { user, role, .. } => {
                Some(Person { id: Some(user.id), name: user.name.clone(), role: *role })
            }
        }
    }

    /// The session that the request is part of, and its user.
    pub fn session(&self) -> Option<(&Session, &User)> {
        match &self.via {
            Via::Session { session, user, .. } => Some((session, user)),
            _ => None,
        }
    }

    /// Whoever it is, for the audit log.
    pub fn actor(&self) -> Actor {
        let (id, name) = match self.person() {
            Some(person) => (person.id, person.name),
            None => (None, "nobody".to_owned()),
        };
        Actor { id, name, request_id: context::request_id(), address: self.address.clone() }
    }
}

/// Finds out. Where there are no users everyone is the local person, whatever they send: clients of
/// OpenAI's API always send a token.
///
/// # Errors
/// A token that is not, or no longer, good; a store that does not answer.
pub(super) async fn identify(
    app: &App,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Caller, Error> {
    let address = client::address(headers, extensions, app.config.auth.proxies);
    let via = via(app, headers).await?;
    Ok(Caller { via, address })
}

/// Where it cannot be found out and does not matter.
pub(super) fn unknown(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Caller {
    let address = client::address(headers, extensions, app.config.auth.proxies);
    Caller { via: Via::Nobody, address }
}

async fn via(app: &App, headers: &HeaderMap) -> Result<Via, Error> {
    if !app.store.users().any().await? {
        return match host::is_own(headers) {
            true => Ok(Via::Local),
            false => Err(Error::new(Code::Misdirected, NOT_OURS)),
        };
    }
    let now = app.clock.now();
    if let Some(given) = bearer(headers) {
        let refuse = |detail: &str| Err(Error::new(Code::BadToken, detail));
        let Some(token) = ApiToken::parse(given) else {
            return refuse("this is no token of this server, or a digit of it is wrong");
        };
        return match app.store.tokens().find(token.hash(), now).await? {
            Some((token, user)) => {
                Ok(Via::Token { role: token.role.min(user.role), read_only: token.read_only, user })
            }
            None => refuse("the token was revoked, has expired, or its user may not log in"),
        };
    }
    let Some(secret) = secret(app, headers) else { return Ok(Via::Nobody) };
    let idle = app.config.auth.session_idle_s;
    Ok(match app.store.sessions().find(secret.hash(), idle, now).await? {
        Some((session, user)) => Via::Session { session, secret, user },
        None => Via::Nobody,
    })
}

/// What the browser's cookie holds, whether or not it is good.
pub(in crate::web) fn secret(app: &App, headers: &HeaderMap) -> Option<SessionSecret> {
    let name = cookie::name(app.config.auth.transport);
    headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|pairs| pairs.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(given, _)| *given == name)
        .find_map(|(_, value)| SessionSecret::parse(value))
}

/// What follows `Bearer`, whatever it is; other schemes are a proxy's, not ours.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        let caller = parts.extensions.get().cloned();
        caller.ok_or_else(|| Error::new(Code::Internal, "nobody asked who sends this request"))
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        Ok(Caller::from_request_parts(parts, app).await?.actor())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_bearer_is_ours() {
        let given = |value: &'static str| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(value))]);
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(given("Bearer glr_x"), Some("glr_x".to_owned()));
        assert_eq!(given("bearer  glr_x "), Some("glr_x".to_owned()));
        assert_eq!(given("Basic YTpi"), None);
        assert_eq!(given("Bearer"), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
