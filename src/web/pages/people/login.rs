//! `/login` and `/logout`.
//!
//! An unknown name and a wrong password get the same answer after the same work, and attempts are
//! counted before any work is done.

use askama::Template;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::theme::is_local;
use super::super::{Shell, page};
use super::parts::{begin_session, go_with, own, unkept};
use crate::app::App;
use crate::domain::{Action, Password};
use crate::web::rights::{Caller, Via, cookie};
use crate::web::{Error, Form, Query};

/// What stands in the log for a name that nobody has: it may be a password in the wrong field.
const UNKNOWN: &str = "(a name that nobody has)";

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LoginQuery {
    next: String,
}

/// What is typed.
#[derive(Deserialize)]
pub struct LoginForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "pages/people/login.html")]
struct LoginPage {
    shell: Shell,
    /// There are no users.
    local: bool,
    name: String,
    next: String,
    refused: Option<String>,
}

/// The form; whoever is logged in already goes on.
pub async fn show(
    caller: Caller,
    Query(query): Query<LoginQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    if caller.session().is_some() {
        return Ok(Redirect::to(onward(&query.next)).into_response());
    }
    let local = matches!(caller.via, Via::Local);
    let (name, next) = (String::new(), query.next);
    page(&LoginPage { shell, local, name, next, refused: None })
}

/// Lets somebody in.
pub async fn enter(
    State(app): State<App>,
    caller: Caller,
    shell: Shell,
    headers: HeaderMap,
    Form(LoginForm { name, password, next }): Form<LoginForm>,
) -> Result<Response, Error> {
    let name = name.trim().to_owned();
    let now = app.clock.now();
    let again = |status, refused: String| {
        let (local, name, next) = (matches!(caller.via, Via::Local), name.clone(), next.clone());
        let page = page(&LoginPage { shell, local, name, next, refused: Some(refused) });
        page.map(|page| unkept(status, page))
    };
    if matches!(caller.via, Via::Local) {
        return again(StatusCode::CONFLICT, "There are no users yet".to_owned());
    }
    if let Err(wait) = app.door.knock(&name, &caller.address, now) {
        let refused = format!("Too many attempts: try again in {}", words(wait));
        let page = again(StatusCode::TOO_MANY_REQUESTS, refused)?;
        return Ok(([(RETRY_AFTER, wait.to_string())], page).into_response());
    }
    let found = app.store.users().named(&name).await?;
    let target = found.as_ref().map_or(UNKNOWN.to_owned(), |(user, _)| user.name.clone());
    let (user, hash) = found.filter(|(user, _)| !user.disabled).unzip();
    let fits = app.door.fits(Password::typed(&password), hash).await?;
    let Some(user) = user.filter(|_| fits) else {
        app.store.audit().add(&caller.actor(), Action::LoginRefused, &target, "", now).await?;
        let refused = "Name or password is wrong, or the user may not log in".to_owned();
        return again(StatusCode::UNAUTHORIZED, refused);
    };
    app.door.welcome(&name);
    let cookie = begin_session(&app, &user, &caller, &headers).await?;
    Ok(go_with(Some(cookie), onward(&next)))
}

/// Ends the session.
pub async fn leave(State(app): State<App>, caller: Caller) -> Result<Response, Error> {
    let (session, user) = own(&caller)?;
    app.store.sessions().end(session.id, user, &caller.actor(), app.clock.now()).await?;
    Ok(go_with(cookie::clear(&app.config.auth), "/login"))
}

/// An address of this server, whatever was asked for.
fn onward(next: &str) -> &str {
    if is_local(next) { next } else { "/" }
}

fn words(seconds: u64) -> String {
    match seconds {
        ..=90 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    }
}
