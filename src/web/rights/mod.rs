//! Rights: who sends a request, and whether they may.
//!
//! `table.rs` is the one table of what each route takes, and the layer here the only place that
//! asks it: a route that is not in it is refused, whoever asks. `caller.rs` finds out who it is,
//! `form.rs` holds forms to their session, `cookie.rs` writes the session's cookie, `refusal.rs`
//! says no, `host.rs` to names that are not this machine's. Handlers get a
//! [`Person`](super::Person) and check nothing again.

mod caller;
pub(super) mod cookie;
mod form;
mod host;
mod refusal;
mod table;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

pub(super) use caller::{Caller, Via, secret};
pub use table::{Least, rights_table};
pub(super) use table::{Said, least};

use self::refusal::Refusal;
use super::context::{self, Frame};
use super::{Code, Error};
use crate::app::{App, random};
use crate::domain::PersonRole;

/// The route whose forms come from pages without a session.
const LOGIN: &str = "/login";

/// Layer around every route, inside of all others.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    match admit(&app, request).await {
        Ok(request) => private(next.run(request).await),
        Err(Refusal(answer)) => *answer,
    }
}

/// What was answered to one person is for no cache that another shares.
fn private(mut response: Response) -> Response {
    let cache = response.headers_mut().entry(CACHE_CONTROL);
    cache.or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// The request with its caller beside it, or the refusal.
async fn admit(app: &App, mut request: Request) -> Result<Request, Refusal> {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    // Nothing is at this address, which the router says to anybody.
    let said = route.as_deref().map_or(Said::Least(Least::Open), |r| least(r, request.method()));
    let least = match said {
        Said::Least(least) => least,
        Said::OtherMethods(methods) => return Err(refusal::method(request.method(), &methods)),
        Said::Nothing => return Err(refusal::unlisted(route.unwrap_or_default())),
    };
    let needed = needed(app, least);
    // Machines ask these all the time and see no page.
    let bare = ["/livez", "/readyz", "/static/{hash}/{*name}"];
    if needed.is_none() && route.as_deref().is_some_and(|route| bare.contains(&route)) {
        return Ok(request);
    }
    let caller = match caller::identify(app, request.headers(), request.extensions()).await {
        Ok(caller) => caller,
        // Whoever it is may see it; a page without the name is better than none.
        Err(error) if needed.is_none() => {
            tracing::debug!(?error, "nobody is known");
            caller::unknown(app, request.headers(), request.extensions())
        }
        Err(error) => return Err(error.into()),
    };
    tell_the_frame(&caller);
    if let Some(role) = needed {
        let session = matches!(least, Least::Session(_));
        refusal::check(&caller, role, session, &request)?;
    }
    if let Via::Session { secret, .. } = &caller.via
        && !is_safe(request.method())
        && route.as_deref() != Some(LOGIN)
    {
        request = form::check(app, secret, request).await?;
    }
    let extensions = request.extensions_mut();
    if let Some(person) = caller.person() {
        extensions.insert(person);
    }
    extensions.insert(caller);
    Ok(request)
}

/// The role that it takes; `None` when it takes nothing.
fn needed(app: &App, least: Least) -> Option<PersonRole> {
    match least {
        Least::Open => None,
        Least::Metrics => (!app.config.auth.open_metrics).then_some(PersonRole::Admin),
        Least::Role(role) | Least::Session(role) => Some(role),
    }
}

/// Pages say who looks at them, pages of errors as well, which are written where no request is at
/// hand.
fn tell_the_frame(caller: &Caller) {
    let form_token = match &caller.via {
        Via::Session { secret, .. } => random().ok().map(|mask| secret.form_token(mask)),
        _ => None,
    };
    context::set_frame(Frame { person: caller.person(), form_token });
}

/// Whether the method changes nothing (RFC 9110, 9.2.1).
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

impl From<crate::app::DoorError> for Error {
    fn from(error: crate::app::DoorError) -> Self {
        use crate::app::DoorError;
        match error {
            DoorError::Busy => Self::new(Code::Overloaded, error.to_string()),
            DoorError::NoRandomness => {
                Self::new(Code::Internal, "the server cannot make a secret").because(error)
            }
        }
    }
}
