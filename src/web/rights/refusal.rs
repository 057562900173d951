//! How it is said: to a browser with the way to the login page, to a program with the scheme that
//! it should use and the role that it needs.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Caller, Via, is_safe};
use crate::domain::PersonRole;
use crate::web::machine::is_for_programs;
use crate::web::pages::query;
use crate::web::{Code, Error};

/// What htmx sends with a request for a part of a page.
const PART_OF_A_PAGE: &str = "hx-request";
/// Where htmx goes instead of showing the answer.
const GO_TO: &str = "hx-redirect";
/// The page around such a part.
const PAGE_AROUND: &str = "hx-current-url";

/// An answer that is a refusal; boxed, since hardly any request gets one.
pub(super) struct Refusal(pub(super) Box<Response>);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(Box::new(error.into_response()))
    }
}

/// Lets a caller through who may at least what `role` may; with `session`, only one who logged in.
pub(super) fn check(
    caller: &Caller,
    role: PersonRole,
    session: bool,
    request: &Request,
) -> Result<(), Refusal> {
    let Some(person) = caller.person() else { return Err(Refusal(Box::new(unknown(request)))) };
    person.require(role)?;
    let Via::Token { read_only, .. } = caller.via else { return Ok(()) };
    let detail = if session {
        "this is done in the pages, after logging in; a token cannot do it"
    } else if read_only && !is_safe(request.method()) {
        "the token is read-only"
    } else {
        return Ok(());
    };
    Err(Error::new(Code::TokenTooWeak, detail).into())
}

/// Nobody is logged in: programs are told so, browsers led to the login page and back from there.
fn unknown(request: &Request) -> Response {
    let path = request.uri().path();
    if is_for_programs(path) {
        let detail = "this needs a token: send `Authorization: Bearer glr_…`; /me makes one";
        return Error::new(Code::Unauthenticated, detail).into_response();
    }
    if request.headers().contains_key(PART_OF_A_PAGE) {
        let around = request.headers().get(PAGE_AROUND).and_then(|value| value.to_str().ok());
        let around = around.and_then(|url| url.parse::<axum::http::Uri>().ok());
        let back = around.as_ref().and_then(|uri| uri.path_and_query()).map_or("/", |p| p.as_str());
        let login = login_and_back(back);
        return (StatusCode::UNAUTHORIZED, [(GO_TO, login)]).into_response();
    }
    if is_safe(request.method()) {
        let back = request.uri().path_and_query().map_or("/", |p| p.as_str());
        return Redirect::to(&login_and_back(back)).into_response();
    }
    // Led away, the browser would forget what was typed.
    let detail = "your session has ended, and nothing was done. Log in in another window, then go \
                  back here: what you typed is still in the form. Copy it before you open the page \
                  again";
    Error::new(Code::Unauthenticated, detail).into_response()
}

fn login_and_back(back: &str) -> String {
    match back {
        "/" => "/login".to_owned(),
        back => format!("/login{}", query([("next", back.to_owned())])),
    }
}

/// The router's own answer would do, but a method that is not in the table must not reach it.
pub(super) fn method(method: &Method, allowed: &[&str]) -> Refusal {
    let detail = format!("{method} is not allowed here; the Allow header says what is");
    let mut response = Error::new(Code::MethodNotAllowed, detail).into_response();
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(",")) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    Refusal(Box::new(response))
}

/// A route that somebody forgot to write down.
pub(super) fn unlisted(route: String) -> Refusal {
    tracing::error!(route, "the table of rights has no line for this route");
    let detail = "nobody may use this address: the table of rights does not have it";
    Error::new(Code::RoleNeeded, detail).into()
}
