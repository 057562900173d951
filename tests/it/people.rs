//! People: who gets in, and what they may do then.

mod cli;
mod forms;
mod login;
mod manage;
mod offers;
mod rights;
mod tokens;
mod views;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{Request, header};
use glore::app::random;
use glore::domain::{
    Actor, ApiToken, Clock, Password, PasswordHash, PersonRole, Session, SessionId, SessionSecret,
    Timestamp, Token, TokenId, User, UserId,
};
use scraper::{Html, Selector};
use time::Duration;

use crate::app::{Answer, TestApp};

/// The password of everybody here, hashed once.
pub const PASSWORD: &str = "correct horse battery";
static HASH: LazyLock<PasswordHash> = LazyLock::new(|| {
    Password::choose("/password", PASSWORD, "nobody").expect("fine").hash([5; 16])
});

/// A clock that stands still until it is told.
pub struct Stopped(AtomicI64);

impl Stopped {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_800_000_000)))
    }

    pub fn go(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::seconds(self.0.load(Ordering::SeqCst))
    }
}

/// A browser in which somebody is logged in.
#[derive(Clone)]
pub struct Browser {
    pub secret: SessionSecret,
    pub cookie: String,
}

impl Browser {
    /// A token for a form, as a page of the session would have it.
    pub fn token(&self) -> String {
        self.secret.form_token([1; 32])
    }
}

pub async fn add(app: &TestApp, name: &str, role: PersonRole) -> User {
    // As the store keeps it: to the second.
    let created_at = app.app.clock.now().replace_nanosecond(0).expect("a second");
    let user = User { id: UserId::new(), name: name.to_owned(), role, disabled: false, created_at };
    let users = app.app.store.users();
    users.add(&user, &HASH, &Actor::command_line()).await.expect("added");
    user
}

/// Logged in without the work of a password.
pub async fn browser(app: &TestApp, user: &User) -> Browser {
    let secret = SessionSecret::new(random().expect("randomness"));
    let now = app.app.clock.now();
    let session = Session {
        id: SessionId::new(),
        user_id: user.id,
        created_at: now,
        seen_at: now,
        expires_at: now + Duration::days(7),
        address: "192.0.2.1".to_owned(),
        agent: "a test".to_owned(),
    };
    let actor = Actor { id: Some(user.id), name: user.name.clone(), ..Actor::command_line() };
    let sessions = app.app.store.sessions();
    sessions.begin(&session, secret.hash(), None, &actor).await.expect("begun");
    Browser { cookie: format!("glore_session={}", secret.text()), secret }
}

pub async fn token(app: &TestApp, user: &User, role: PersonRole, read_only: bool) -> String {
    let secret = ApiToken::new(random().expect("randomness"));
    let token = Token {
        id: TokenId::new(),
        user_id: user.id,
        name: "a test".to_owned(),
        role,
        read_only,
        created_at: app.app.clock.now(),
        expires_at: Some(app.app.clock.now() + Duration::days(1)),
        used_at: None,
        revoked_at: None,
    };
    let tokens = app.app.store.tokens();
    tokens.add(&token, secret.hash(), user, &Actor::command_line()).await.expect("added");
    secret.text().to_owned()
}

/// A form sent from a browser, without the token that its page would have.
pub async fn post_bare(app: &TestApp, cookie: &str, path: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie);
    app.send(request.body(Body::from(form.to_owned())).expect("a request")).await
}

/// A form sent from a page of the browser.
pub async fn post(app: &TestApp, browser: &Browser, path: &str, form: &str) -> Answer {
    let form = format!("{form}&csrf={}", browser.token());
    post_bare(app, &browser.cookie, path, &form).await
}

pub async fn get(app: &TestApp, browser: &Browser, path: &str) -> Answer {
    let request = Request::get(path).header(header::COOKIE, &browser.cookie);
    app.send(request.body(Body::empty()).expect("a request")).await
}

pub fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

pub fn html(answer: &Answer) -> Html {
    Html::parse_document(&text(answer))
}

pub fn words(page: &Html, selector: &str) -> String {
    let selector = Selector::parse(selector).expect("a selector");
    let found: Vec<_> = page.select(&selector).flat_map(|element| element.text()).collect();
    found.concat().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// Words of the newest lines of the audit log: action, target.
pub async fn log(app: &TestApp, lines: usize) -> Vec<String> {
    let lines = app.app.store.audit().page(None, None, lines).await.expect("read");
    lines
        .iter()
        .map(|line| format!("{} {} {}", line.actor.name, line.action, line.target))
        .collect()
}
