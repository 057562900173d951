//! `/me`: one's password, sessions and tokens.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::form::Fault;
use super::super::{Shell, page};
use super::parts::{SessionRow, TokenRow, begin_session, fault, go_with, of, own, unkept};
use super::tokens::{AGES, TokenForm};
use crate::app::App;
use crate::domain::{Invalid, MIN_PASSWORD_CHARS, Password, PersonRole, SessionId};
use crate::web::rights::Caller;
use crate::web::{Error, Form, Person, Query};

const LABELS: [(&str, &str); 3] =
    [("old", "Password now"), ("new", "New password"), ("again", "New password again")];

/// What was done, by word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MeQuery {
    done: String,
}

/// A field of the form for a new password.
struct PasswordField {
    name: &'static str,
    label: &'static str,
    /// What a password manager should put there.
    complete: &'static str,
    hint: String,
}

fn password_fields() -> [PasswordField; 3] {
    LABELS.map(|(name, label)| PasswordField {
        name,
        label,
        complete: if name == "old" { "current-password" } else { "new-password" },
        hint: match name {
            "new" => format!(
                "At least {MIN_PASSWORD_CHARS} characters; a few words are easy to keep in mind"
            ),
            _ => String::new(),
        },
    })
}

#[derive(Template)]
#[template(path = "pages/people/me.html")]
pub(super) struct MePage {
    shell: Shell,
    person: Person,
    /// The local person has none of it.
    local: bool,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    pub faults: Vec<Fault>,
    /// What was done.
    said: &'static str,
    /// A new token, shown now and never again.
    pub made: Option<String>,
    pub form: TokenForm,
    roles: Vec<PersonRole>,
    ages: [(&'static str, &'static str); 5],
    fields: [PasswordField; 3],
}

impl MePage {
    fn fault(&self, field: &str) -> Option<&str> {
        of(&self.faults, field)
    }
}

/// The page as things are now.
pub(super) async fn me(app: &App, caller: &Caller, shell: Shell) -> Result<MePage, Error> {
    let now = app.clock.now();
    let (mut sessions, mut tokens) = (Vec::new(), Vec::new());
    if let Some((here, user)) = caller.session() {
        let all = app.store.sessions().of(user.id, now).await?;
        sessions = all.iter().map(|session| SessionRow::new(session, Some(here.id), now)).collect();
        let all = app.store.tokens().of(user.id).await?;
        tokens = all.iter().map(|token| TokenRow::new(token, now)).collect();
    }
    let person = caller.person().unwrap_or_else(Person::local);
    Ok(MePage {
        shell,
        local: person.id.is_none(),
        roles: PersonRole::ALL.into_iter().filter(|role| *role <= person.role).collect(),
        form: TokenForm::blank(person.role),
        person,
        sessions,
        tokens,
        faults: Vec::new(),
        said: "",
        made: None,
        ages: AGES,
        fields: password_fields(),
    })
}

/// The page.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<MeQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    let said = match query.done.as_str() {
        "password" => "The password is changed; other sessions have ended.",
        "sessions" => "The sessions have ended.",
        "token" => "The token is revoked.",
        _ => "",
    };
    page(&MePage { said, ..me(&app, &caller, shell).await? })
}

/// A password and the one to come.
#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// Changes it, ends every session, and begins a new one here.
pub async fn change_password(
    State(app): State<App>,
    caller: Caller,
    shell: Shell,
    headers: HeaderMap,
    Form(PasswordForm { old, new, again }): Form<PasswordForm>,
) -> Result<Response, Error> {
    let (_, user) = own(&caller)?;
    let now = app.clock.now();
    let refused = match Password::choose("/new", &new, &user.name) {
        Err(refused) => Err(refused),
        Ok(_) if new != again => {
            Err(Invalid::new("/again", "different", "the two new passwords are not the same"))
        }
        Ok(password) => Ok(password),
    };
    let checked = match refused {
        Err(refused) => Err(refused),
        // As at login: whoever finds a browser open must not try passwords without end.
        Ok(password) => match app.door.knock(&user.name, &caller.address, now) {
            Err(wait) => {
                let detail = format!("too many attempts: try again in {wait} s");
                Err(Invalid::new("/old", "too_many_attempts", detail))
            }
            Ok(()) => {
                let hash = app.store.users().named(&user.name).await?.map(|(_, hash)| hash);
                match app.door.fits(Password::typed(&old), hash).await? {
                    true => Ok(password),
                    false => Err(Invalid::new("/old", "wrong", "that is not your password")),
                }
            }
        },
    };
    let password = match checked {
        Ok(password) => password,
        Err(refused) => {
            let mut me = me(&app, &caller, shell).await?;
            me.faults = vec![fault(&LABELS, refused)];
            return Ok(unkept(StatusCode::UNPROCESSABLE_ENTITY, page(&me)?));
        }
    };
    app.door.welcome(&user.name);
    let hash = app.door.hash(password).await?;
    app.store.users().set_password(user.id, &hash, None, &caller.actor(), now).await?;
    let cookie = begin_session(&app, user, &caller, &headers).await?;
    Ok(go_with(Some(cookie), "/me?done=password"))
}

/// One session, or all others.
#[derive(Deserialize)]
pub struct EndForm {
    #[serde(default)]
    session: Option<SessionId>,
}

/// Ends one session, or every one but this.
pub async fn end_sessions(
    State(app): State<App>,
    caller: Caller,
    Form(EndForm { session }): Form<EndForm>,
) -> Result<Response, Error> {
    let (here, user) = own(&caller)?;
    let (sessions, now) = (app.store.sessions(), app.clock.now());
    match session {
        Some(id) => sessions.end(id, user, &caller.actor(), now).await?,
        None => sessions.end_all(user, Some(here.id), &caller.actor(), now).await?,
    }
    Ok(Redirect::to("/me?done=sessions").into_response())
}
