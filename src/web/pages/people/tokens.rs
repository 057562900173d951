//! Making and revoking one's own API tokens.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use time::Duration;

use super::super::form::Fault;
use super::super::{Shell, page};
use super::me::me;
use super::parts::{fault, own, unkept};
use crate::app::{App, random};
use crate::domain::{
    ApiToken, Invalid, PersonRole, Timestamp, Token, TokenId, UserId, check_token_name,
};
use crate::web::rights::Caller;
use crate::web::{Code, Error, Form};

const LABELS: [(&str, &str); 3] =
    [("token-name", "What it is for"), ("token-role", "Role"), ("token-days", "Good for")];

/// How long a token may be good: days, words.
pub(super) const AGES: [(&str, &str); 5] = [
    ("7", "a week"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "a year"),
    ("0", "until revoked"),
];

/// As it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    pub name: String,
    pub role: String,
    pub days: String,
    pub read_only: Option<String>,
}

impl TokenForm {
    /// As it begins for somebody with this role.
    pub fn blank(role: PersonRole) -> Self {
        let (role, days) = (role.as_str().to_owned(), "90".to_owned());
        Self { role, days, ..Self::default() }
    }

    /// What it asks for, for a user who may `most`.
    fn token(&self, user: UserId, most: PersonRole, now: Timestamp) -> Result<Token, Vec<Fault>> {
        let name = self.name.trim();
        let mut refused = Vec::new();
        refused.extend(check_token_name("/token-name", name).err());
        let role = self
            .role
            .parse::<PersonRole>()
            .map_err(|detail| Invalid::new("/token-role", "unknown_value", detail));
        let role = role.and_then(|role| match role <= most {
            true => Ok(role),
            false => {
                let detail = format!("at most your own role, {most}; {role} was given");
                Err(Invalid::new("/token-role", "out_of_range", detail))
            }
        });
        let days = AGES.iter().find(|(days, _)| *days == self.days.trim());
        let days = days.and_then(|(days, _)| days.parse::<i64>().ok()).ok_or_else(|| {
            Invalid::new("/token-days", "unknown_value", "choose one of those listed")
        });
        match (role, days, refused.is_empty()) {
            (Ok(role), Ok(days), true) => Ok(Token {
                id: TokenId::new(),
                user_id: user,
                name: name.to_owned(),
                role,
                read_only: self.read_only.is_some(),
                created_at: now,
                expires_at: (days > 0).then(|| now.saturating_add(Duration::days(days))),
                used_at: None,
                revoked_at: None,
            }),
            (role, days, _) => {
                refused.extend(role.err());
                refused.extend(days.err());
                Err(refused.into_iter().map(|refused| fault(&LABELS, refused)).collect())
            }
        }
    }
}

/// Makes a token and shows it, this once: the answer is the page itself, and nothing keeps it.
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    shell: Shell,
    Form(form): Form<TokenForm>,
) -> Result<Response, Error> {
    let (_, user) = own(&caller)?;
    let token = match form.token(user.id, user.role, app.clock.now()) {
        Ok(token) => token,
        Err(faults) => {
            let mut me = me(&app, &caller, shell).await?;
            (me.faults, me.form) = (faults, form);
            return Ok(unkept(StatusCode::UNPROCESSABLE_ENTITY, page(&me)?));
        }
    };
    let secret = ApiToken::new(random()?);
    app.store.tokens().add(&token, secret.hash(), user, &caller.actor()).await?;
    let mut me = me(&app, &caller, shell).await?;
    me.made = Some(secret.text().to_owned());
    Ok(unkept(StatusCode::OK, page(&me)?))
}

/// Revokes one of one's own.
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let (_, user) = own(&caller)?;
    let id = id.parse::<TokenId>().map_err(|e| Error::new(Code::NotFound, e.to_string()))?;
    app.store.tokens().revoke(id, Some(user.id), &caller.actor(), app.clock.now()).await?;
    Ok(Redirect::to("/me?done=token#tokens").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_no_more_than_its_user() {
        let now = Timestamp::UNIX_EPOCH;
        let form = |role: &str, days: &str| TokenForm {
            name: " job ".to_owned(),
            role: role.to_owned(),
            days: days.to_owned(),
            read_only: None,
        };
        let token = |form: TokenForm| form.token(UserId::new(), PersonRole::Annotator, now);
        let made = token(form("viewer", "7")).expect("fine");
        assert_eq!((made.name.as_str(), made.role), ("job", PersonRole::Viewer));
        assert_eq!(made.expires_at, Some(now + Duration::days(7)));
        assert_eq!(token(form("annotator", "0")).expect("fine").expires_at, None);
        for (role, days, field) in [
            ("admin", "7", "token-role"),
            ("root", "7", "token-role"),
            ("viewer", "8", "token-days"),
        ] {
            let faults = token(form(role, days)).expect_err("refused");
            assert_eq!(faults[0].field, field);
        }
    }
}
