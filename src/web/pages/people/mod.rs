//! The pages of people: logging in, oneself, and for admins everybody and the audit log.
//!
//! Who may open which stands in `web/rights/table.rs`. A form that was done leads to its page again
//! with a word in `done`; one that was refused comes back as it was sent, without passwords.

mod audit;
mod login;
mod me;
mod parts;
mod tokens;
mod user;
mod users;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The pages of people.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/login", get(login::show).post(login::enter))
        .route("/logout", post(login::leave))
        .route("/me", get(me::show))
        .route("/me/password", post(me::change_password))
        .route("/me/tokens", post(tokens::add))
        .route("/me/tokens/{id}/revoke", post(tokens::revoke))
        .route("/me/sessions/end", post(me::end_sessions))
        .route("/admin/users", get(users::show).post(users::add))
        .route("/admin/users/{id}", get(user::show))
        .route("/admin/users/{id}/role", post(user::set_role))
        .route("/admin/users/{id}/disabled", post(user::set_disabled))
        .route("/admin/users/{id}/password", post(user::set_password))
        .route("/admin/users/{id}/sessions/end", post(user::end_sessions))
        .route("/admin/users/{id}/tokens/revoke", post(user::revoke_token))
        .route("/admin/audit", get(audit::show))
}
