//! `/admin/users/{id}`: one user, for an admin: role, password, sessions, tokens.

use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::form::Fault;
use super::super::{Shell, page};
use super::parts::{SessionRow, TokenRow, fault, of, unkept};
use crate::app::App;
use crate::domain::{Invalid, MIN_PASSWORD_CHARS, Password, PersonRole, TokenId, User, UserId};
use crate::store::StoreError;
use crate::web::rights::Caller;
use crate::web::{Code, Error, Form, Query};

const LABELS: [(&str, &str); 3] = [("role", "Role"), ("password", "Password"), ("user", "User")];

/// The user of the address.
pub struct Named(User);

impl FromRequestParts<App> for Named {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Path(text) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|rejection| Error::new(Code::BadRequest, rejection.body_text()))?;
        let missing = |detail: String| Error::new(Code::NotFound, detail);
        let id = text.parse::<UserId>().map_err(|e| missing(e.to_string()))?;
        let user = app.store.users().get(id).await?;
        user.map(Self).ok_or_else(|| missing(format!("there is no user `{id}`")))
    }
}

/// What was done, by word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UserQuery {
    done: String,
}

#[derive(Template)]
#[template(path = "pages/people/user.html")]
struct UserPage {
    shell: Shell,
    user: User,
    /// It is the one who looks.
    own: bool,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    faults: Vec<Fault>,
    said: &'static str,
    roles: [PersonRole; 4],
    min_chars: usize,
}

impl UserPage {
    fn fault(&self, field: &str) -> Option<&str> {
        of(&self.faults, field)
    }
}

async fn about(app: &App, caller: &Caller, shell: Shell, user: User) -> Result<UserPage, Error> {
    let now = app.clock.now();
    let here = caller.session().map(|(session, _)| session.id);
    let sessions = app.store.sessions().of(user.id, now).await?;
    let tokens = app.store.tokens().of(user.id).await?;
    Ok(UserPage {
        shell,
        own: caller.session().is_some_and(|(_, own)| own.id == user.id),
        user,
        sessions: sessions.iter().map(|session| SessionRow::new(session, here, now)).collect(),
        tokens: tokens.iter().map(|token| TokenRow::new(token, now)).collect(),
        faults: Vec::new(),
        said: "",
        roles: PersonRole::ALL,
        min_chars: MIN_PASSWORD_CHARS,
    })
}

/// The page.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named,
    Query(query): Query<UserQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    let said = match query.done.as_str() {
        "role" => "The role is changed.",
        "disabled" => "It is changed whether the user may log in.",
        "password" => "The password is changed, and the sessions have ended.",
        "sessions" => "The sessions have ended.",
        "token" => "The token is revoked.",
        _ => "",
    };
    page(&UserPage { said, ..about(&app, &caller, shell, user).await? })
}

/// The page again, with what was refused.
async fn again(
    app: &App,
    caller: &Caller,
    shell: Shell,
    user: User,
    refused: Invalid,
) -> Result<Response, Error> {
    let mut about = about(app, caller, shell, user).await?;
    about.faults = vec![fault(&LABELS, refused)];
    Ok(unkept(StatusCode::UNPROCESSABLE_ENTITY, page(&about)?))
}

fn done(user: &User, word: &str) -> Response {
    Redirect::to(&format!("/admin/users/{}?done={word}", user.id)).into_response()
}

#[derive(Deserialize)]
pub struct RoleForm {
    #[serde(default)]
    role: String,
}

/// Gives another role.
pub async fn set_role(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named,
    shell: Shell,
    Form(form): Form<RoleForm>,
) -> Result<Response, Error> {
    let refused = match form.role.parse::<PersonRole>() {
        Err(detail) => Invalid::new("/role", "unknown_value", detail),
        Ok(role) => {
            let users = app.store.users();
            match users.set_role(user.id, role, &caller.actor(), app.clock.now()).await {
                Ok(()) => return Ok(done(&user, "role")),
                Err(error @ StoreError::LastAdmin) => {
                    Invalid::new("/role", "last_admin", error.to_string())
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    again(&app, &caller, shell, user, refused).await
}

#[derive(Deserialize)]
pub struct DisabledForm {
    #[serde(default)]
    disabled: String,
}

/// Shuts out, or lets in again.
pub async fn set_disabled(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named,
    shell: Shell,
    Form(form): Form<DisabledForm>,
) -> Result<Response, Error> {
    let disabled = form.disabled == "yes";
    let users = app.store.users();
    match users.set_disabled(user.id, disabled, &caller.actor(), app.clock.now()).await {
        Ok(()) => Ok(done(&user, "disabled")),
        Err(error @ StoreError::LastAdmin) => {
            let refused = Invalid::new("/user", "last_admin", error.to_string());
            again(&app, &caller, shell, user, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub struct ResetForm {
    #[serde(default)]
    password: String,
}

/// Gives another password and ends the user's sessions.
pub async fn set_password(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named,
    shell: Shell,
    Form(form): Form<ResetForm>,
) -> Result<Response, Error> {
    let password = match Password::choose("/password", &form.password, &user.name) {
        Ok(password) => password,
        Err(refused) => return again(&app, &caller, shell, user, refused).await,
    };
    let hash = app.door.hash(password).await?;
    let (users, now) = (app.store.users(), app.clock.now());
    users.set_password(user.id, &hash, None, &caller.actor(), now).await?;
    app.door.welcome(&user.name);
    Ok(done(&user, "password"))
}

/// Ends every session of the user.
pub async fn end_sessions(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named,
) -> Result<Response, Error> {
    let keep = caller.session().map(|(session, _)| session.id);
    let sessions = app.store.sessions();
    sessions.end_all(&user, keep, &caller.actor(), app.clock.now()).await?;
    Ok(done(&user, "sessions"))
}

#[derive(Deserialize)]
pub struct RevokeForm {
    token: TokenId,
}

/// Revokes a token of the user.
pub async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named,
    Form(RevokeForm { token }): Form<RevokeForm>,
) -> Result<Response, Error> {
    let tokens = app.store.tokens();
    tokens.revoke(token, Some(user.id), &caller.actor(), app.clock.now()).await?;
    Ok(done(&user, "token"))
}
