//! `/admin/users`: everybody, and a form for one more.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::components::When;
use super::super::form::Fault;
use super::super::{Shell, page};
use super::parts::{fault, of, unkept};
use crate::app::App;
use crate::domain::{
    Invalid, MIN_PASSWORD_CHARS, Password, PersonRole, User, UserId, check_user_name,
};
use crate::store::StoreError;
use crate::web::rights::{Caller, Via};
use crate::web::{Error, Form};

const LABELS: [(&str, &str); 3] = [("name", "Name"), ("role", "Role"), ("password", "Password")];

/// One user of the list.
struct UserRow {
    id: String,
    name: String,
    role: PersonRole,
    disabled: bool,
    since: When,
}

/// As it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct UserForm {
    name: String,
    role: String,
    password: String,
}

#[derive(Template)]
#[template(path = "pages/people/users.html")]
struct UsersPage {
    shell: Shell,
    users: Vec<UserRow>,
    /// There are none, and the first one ends the time of the local person.
    first: bool,
    form: UserForm,
    faults: Vec<Fault>,
    roles: [PersonRole; 4],
    min_chars: usize,
}

impl UsersPage {
    fn fault(&self, field: &str) -> Option<&str> {
        of(&self.faults, field)
    }
}

async fn users(app: &App, caller: &Caller, shell: Shell) -> Result<UsersPage, Error> {
    let now = app.clock.now();
    let users = app.store.users().list().await?;
    let first = matches!(caller.via, Via::Local);
    let role = if first { PersonRole::Admin } else { PersonRole::Annotator };
    Ok(UsersPage {
        shell,
        users: users.into_iter().map(|user| UserRow::new(user, now)).collect(),
        first,
        form: UserForm { role: role.as_str().to_owned(), ..UserForm::default() },
        faults: Vec::new(),
        roles: PersonRole::ALL,
        min_chars: MIN_PASSWORD_CHARS,
    })
}

impl UserRow {
    fn new(user: User, now: crate::domain::Timestamp) -> Self {
        let User { id, name, role, disabled, created_at } = user;
        Self { id: id.to_string(), name, role, disabled, since: When::new(created_at, now) }
    }
}

/// The list.
pub async fn show(State(app): State<App>, caller: Caller, shell: Shell) -> Result<Response, Error> {
    page(&users(&app, &caller, shell).await?)
}

/// Adds a user. The first one must be an admin, and logs in next.
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    shell: Shell,
    Form(form): Form<UserForm>,
) -> Result<Response, Error> {
    let faults = match form.user(&app) {
        Ok((user, password)) => {
            let hash = app.door.hash(password).await?;
            match app.store.users().add(&user, &hash, &caller.actor()).await {
                Ok(()) if matches!(caller.via, Via::Local) => {
                    return Ok(Redirect::to("/login").into_response());
                }
                Ok(()) => {
                    let page = format!("/admin/users/{}", user.id);
                    return Ok(Redirect::to(&page).into_response());
                }
                Err(error) => vec![fault(&LABELS, blamed(error)?)],
            }
        }
        Err(faults) => faults,
    };
    let mut users = users(&app, &caller, shell).await?;
    (users.faults, users.form) = (faults, form);
    Ok(unkept(StatusCode::UNPROCESSABLE_ENTITY, page(&users)?))
}

/// The field that the store refused.
fn blamed(error: StoreError) -> Result<Invalid, Error> {
    let detail = error.to_string();
    match error {
        StoreError::NameTaken { .. } => Ok(Invalid::new("/name", "taken", detail)),
        StoreError::FirstIsAdmin => Ok(Invalid::new("/role", "out_of_range", detail)),
        error => Err(error.into()),
    }
}

impl UserForm {
    fn user(&self, app: &App) -> Result<(User, Password), Vec<Fault>> {
        let name = self.name.trim();
        let mut refused: Vec<Invalid> = check_user_name("/name", name).err().into_iter().collect();
        let role = self
            .role
            .parse::<PersonRole>()
            .map_err(|detail: String| Invalid::new("/role", "unknown_value", detail));
        let password = Password::choose("/password", &self.password, name);
        match (role, password, refused.is_empty()) {
            (Ok(role), Ok(password), true) => {
                let (id, created_at) = (UserId::new(), app.clock.now());
                let name = name.to_owned();
                Ok((User { id, name, role, disabled: false, created_at }, password))
            }
            (role, password, _) => {
                refused.extend(role.err());
                refused.extend(password.err());
                Err(refused.into_iter().map(|refused| fault(&LABELS, refused)).collect())
            }
        }
    }
}
