//! What several pages of people show or do.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use time::Duration;

use super::super::components::When;
use super::super::form::Fault;
use crate::app::{App, random};
use crate::domain::{Invalid, Session, SessionId, SessionSecret, Timestamp, Token, User};
use crate::web::rights::{Caller, cookie, secret};
use crate::web::{Code, Error};

/// Longest name of a browser that is kept, in characters.
const MAX_AGENT: usize = 120;

/// A session as a page shows it.
pub struct SessionRow {
    pub id: String,
    /// The one that the page is shown in.
    pub here: bool,
    pub agent: String,
    pub address: String,
    pub began: When,
    pub seen: When,
}

impl SessionRow {
    /// As seen from `now`, in the session `own`.
    pub fn new(session: &Session, own: Option<SessionId>, now: Timestamp) -> Self {
        Self {
            id: session.id.to_string(),
            here: own == Some(session.id),
            agent: session.agent.clone(),
            address: session.address.clone(),
            began: When::new(session.created_at, now),
            seen: When::new(session.seen_at, now),
        }
    }
}

/// A token as a page shows it.
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// Role and scope.
    pub may: String,
    pub made: When,
    pub used: Option<When>,
    /// It can be used; else it was revoked or has expired.
    pub good: bool,
    /// Until when, or why no longer.
    pub until: String,
}

impl TokenRow {
    /// As seen from `now`.
    pub fn new(token: &Token, now: Timestamp) -> Self {
        let day = |at: Timestamp| at.date().to_string();
        let until = match (token.revoked_at, token.expires_at) {
            (Some(at), _) => format!("revoked {}", day(at)),
            (None, Some(at)) if at <= now => format!("expired {}", day(at)),
            (None, Some(at)) => format!("until {}", day(at)),
            (None, None) => "until revoked".to_owned(),
        };
        let only = if token.read_only { ", read-only" } else { "" };
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            may: format!("{}{only}", token.role),
            made: When::new(token.created_at, now),
            used: token.used_at.map(|at| When::new(at, now)),
            good: token.is_good(now),
            until,
        }
    }
}

/// What is wrong with a field, for a form whose fields have these labels.
pub fn fault(labels: &[(&'static str, &'static str)], refused: Invalid) -> Fault {
    let field = refused.pointer.trim_start_matches('/').to_owned();
    let label = labels.iter().find(|(name, _)| *name == field).map_or("Form", |(_, label)| *label);
    Fault { field, label, detail: refused.detail }
}

/// The fault of a field, of those of a form.
pub fn of<'a>(faults: &'a [Fault], field: &str) -> Option<&'a str> {
    faults.iter().find(|fault| fault.field == field).map(|fault| fault.detail.as_str())
}

/// The user in whose session the request is.
///
/// # Errors
/// 409 for the local person, who has no account.
pub fn own(caller: &Caller) -> Result<(&Session, &User), Error> {
    caller.session().ok_or_else(|| {
        Error::new(Code::Refused, "there are no users yet, and the local person has no account")
    })
}

/// Begins a session of `user` in the browser that sends these headers, in place of the one that it
/// had: whoever knew that one does not know this one.
///
/// # Errors
/// When the database fails, or the system gives no randomness.
pub async fn begin_session(
    app: &App,
    user: &User,
    caller: &Caller,
    headers: &HeaderMap,
) -> Result<HeaderValue, Error> {
    let (auth, now) = (&app.config.auth, app.clock.now());
    let new = SessionSecret::new(random()?);
    let length = Duration::seconds(i64::try_from(auth.session_s).unwrap_or(i64::MAX));
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let session = Session {
        id: SessionId::new(),
        user_id: user.id,
        created_at: now,
        seen_at: now,
        expires_at: now.saturating_add(length),
        address: caller.address.clone(),
        agent: agent.unwrap_or("unknown").chars().take(MAX_AGENT).collect(),
    };
    let actor =
        crate::domain::Actor { id: Some(user.id), name: user.name.clone(), ..caller.actor() };
    let before = secret(app, headers).map(|before| before.hash());
    app.store.sessions().begin(&session, new.hash(), before, &actor).await?;
    cookie::set(auth, &new).ok_or_else(|| Error::new(Code::Internal, "no cookie can be written"))
}

/// A redirect to a page of this server that changes the session's cookie.
pub fn go_with(cookie: Option<HeaderValue>, to: &str) -> Response {
    let mut response = axum::response::Redirect::to(to).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// A page with this status that nothing keeps, not even the browser's way back.
pub fn unkept(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
