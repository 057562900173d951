//! Users: made, changed, never deleted. Every change is written to the audit log in the same
//! transaction, so that neither is there without the other.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use super::audit;
use super::rows::{moment, word};
use super::{Store, StoreError};
use crate::domain::{Action, Actor, PasswordHash, PersonRole, SessionId, Timestamp, User, UserId};

/// Most users of a store; a list of them is one page.
const MOST_USERS: i64 = 1000;

/// The users of a store.
#[derive(Debug, Clone, Copy)]
pub struct Users<'a> {
    pub(super) store: &'a Store,
}

impl Users<'_> {
    /// Whether there is any, disabled ones included. Once there is, there always is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn any(&self) -> Result<bool, StoreError> {
        if self.store.has_users.get().is_some() {
            return Ok(true);
        }
        let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users)")
            .fetch_one(self.store.read())
            .await?;
        if any {
            self.store.has_users.get_or_init(|| ());
        }
        Ok(any)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// A name that is taken, a first user who is no admin, too many users.
    pub async fn add(
        &self,
        user: &User,
        password: &PasswordHash,
        actor: &Actor,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let taken: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users WHERE name = ?)")
            .bind(&user.name)
            .fetch_one(&mut *tx)
            .await?;
        if taken {
            return Err(StoreError::NameTaken { name: user.name.clone() });
        }
        let n: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&mut *tx).await?;
        if n == 0 && user.role != PersonRole::Admin {
            return Err(StoreError::FirstIsAdmin);
        }
        if n >= MOST_USERS {
            return Err(StoreError::TooMany { what: "users", limit: MOST_USERS });
        }
        sqlx::query(
            "INSERT INTO users (id, name, role, password, disabled, created_at) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(user.id.to_string())
        .bind(&user.name)
        .bind(user.role.as_str())
        .bind(password.as_str())
        .bind(user.disabled)
        .bind(user.created_at.unix_timestamp())
        .execute(&mut *tx)
        .await?;
        let detail = format!("role {}", user.role);
        audit::write(&mut tx, actor, Action::UserAdded, &user.name, &detail, user.created_at)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Every user, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query("SELECT * FROM users ORDER BY name LIMIT ?")
            .bind(MOST_USERS)
            .fetch_all(self.store.read())
            .await?;
        rows.iter().map(|row| read(row, "id")).collect()
    }

    /// The user with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = sqlx::query("SELECT * FROM users WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(self.store.read())
            .await?;
        row.as_ref().map(|row| read(row, "id")).transpose()
    }

    /// The user of this name, in letters of either case, and what is kept of the password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn named(&self, name: &str) -> Result<Option<(User, PasswordHash)>, StoreError> {
        let row = sqlx::query("SELECT * FROM users WHERE name = ?")
            .bind(name)
            .fetch_optional(self.store.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((read(&row, "id")?, word(&row, "password", PasswordHash::parse)?)))
    }

    /// Gives a user another role.
    ///
    /// # Errors
    /// No such user, or nobody would be left to look after people.
    pub async fn set_role(
        &self,
        id: UserId,
        role: PersonRole,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let user = existing(&mut tx, id).await?;
        sqlx::query("UPDATE users SET role = ? WHERE id = ?")
            .bind(role.as_str())
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        require_admin(&mut tx).await?;
        let detail = format!("{} to {role}", user.role);
        audit::write(&mut tx, actor, Action::RoleChanged, &user.name, &detail, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Shuts a user out, sessions and tokens included, or lets the user in again. Sessions end;
    /// tokens that were not revoked work again when the user is enabled.
    ///
    /// # Errors
    /// No such user, or nobody would be left to look after people.
    pub async fn set_disabled(
        &self,
        id: UserId,
        disabled: bool,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let user = existing(&mut tx, id).await?;
        sqlx::query("UPDATE users SET disabled = ? WHERE id = ?")
            .bind(disabled)
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        require_admin(&mut tx).await?;
        if disabled {
            end_sessions(&mut tx, id, None).await?;
        }
        let action = if disabled { Action::UserDisabled } else { Action::UserEnabled };
        audit::write(&mut tx, actor, action, &user.name, "", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives a user another password and ends every session but `keep`. Tokens stay: they were made
    /// without the password.
    ///
    /// # Errors
    /// No such user.
    pub async fn set_password(
        &self,
        id: UserId,
        password: &PasswordHash,
        keep: Option<SessionId>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let user = existing(&mut tx, id).await?;
        sqlx::query("UPDATE users SET password = ? WHERE id = ?")
            .bind(password.as_str())
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        let ended = end_sessions(&mut tx, id, keep).await?;
        let own = actor.id == Some(id);
        let action = if own { Action::PasswordChanged } else { Action::PasswordReset };
        let detail = format!("{ended} sessions ended");
        audit::write(&mut tx, actor, action, &user.name, &detail, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn existing(tx: &mut Transaction<'_, Sqlite>, id: UserId) -> Result<User, StoreError> {
    let row = sqlx::query("SELECT * FROM users WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    let row = row.ok_or_else(|| StoreError::NoSuch { what: "user", name: id.to_string() })?;
    read(&row, "id")
}

/// Refuses a change after which nobody could undo it.
async fn require_admin(tx: &mut Transaction<'_, Sqlite>) -> Result<(), StoreError> {
    let left: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND NOT disabled)",
    )
    .fetch_one(&mut **tx)
    .await?;
    if left { Ok(()) } else { Err(StoreError::LastAdmin) }
}

/// Ends the sessions of a user but `keep`, and says how many that were.
pub(super) async fn end_sessions(
    tx: &mut Transaction<'_, Sqlite>,
    id: UserId,
    keep: Option<SessionId>,
) -> Result<u64, StoreError> {
    let ended = sqlx::query("DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?")
        .bind(id.to_string())
        .bind(keep.map(|keep| keep.to_string()))
        .execute(&mut **tx)
        .await?;
    Ok(ended.rows_affected())
}

/// A user, whose id is in the column `id`.
pub(super) fn read(row: &SqliteRow, id: &str) -> Result<User, StoreError> {
    Ok(User {
        id: word(row, id, |text| text.parse().ok())?,
        name: row.try_get("name")?,
        role: word(row, "role", |text| text.parse().ok())?,
        disabled: row.try_get("disabled")?,
        created_at: moment(row, "created_at")?,
    })
}
