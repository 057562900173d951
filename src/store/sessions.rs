//! Sessions of users: begun at login, found by the hash of their secret, ended.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::rows::{moment, word};
use super::users::{self, end_sessions};
use super::{Store, StoreError, audit};
use crate::domain::{Action, Actor, SecretHash, Session, SessionId, Timestamp, User, UserId};

/// Most sessions of one user; the one that was used longest ago ends when one more begins.
const MOST_SESSIONS: i64 = 20;
/// How exactly it is known when a session or token was last used, in seconds: what is read on every
/// request should be written seldom.
pub(super) const TOUCH_S: i64 = 60;

/// The sessions of a store.
#[derive(Debug, Clone, Copy)]
pub struct Sessions<'a> {
    pub(super) store: &'a Store,
}

impl Sessions<'_> {
    /// Begins a session, and ends the one that the browser had before, if any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        &self,
        session: &Session,
        hash: SecretHash,
        before: Option<SecretHash>,
        actor: &Actor,
    ) -> Result<(), StoreError> {
        let now = session.created_at;
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM sessions WHERE hash = ? OR expires_at <= ?")
            .bind(before.map(Vec::from))
            .bind(now.unix_timestamp())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM sessions WHERE user_id = ? AND id NOT IN (SELECT id FROM sessions \
             WHERE user_id = ? ORDER BY seen_at DESC, id DESC LIMIT ?)",
        )
        .bind(session.user_id.to_string())
        .bind(session.user_id.to_string())
        .bind(MOST_SESSIONS - 1)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO sessions (id, hash, user_id, created_at, seen_at, expires_at, address, \
             agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(session.id.to_string())
        .bind(&hash[..])
        .bind(session.user_id.to_string())
        .bind(now.unix_timestamp())
        .bind(session.seen_at.unix_timestamp())
        .bind(session.expires_at.unix_timestamp())
        .bind(&session.address)
        .bind(&session.agent)
        .execute(&mut *tx)
        .await?;
        audit::write(&mut tx, actor, Action::LoggedIn, &actor.name, &session.agent, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session with this secret and its user, if it may be used now: not expired, used within
    /// the last `idle_s` seconds, its user not disabled. Notes that it was used, if it can: a page
    /// must be readable while the disk is full.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(
        &self,
        hash: SecretHash,
        idle_s: u64,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let now = now.unix_timestamp();
        let unused = now.saturating_sub(i64::try_from(idle_s).unwrap_or(i64::MAX));
        let row = sqlx::query(
            "SELECT s.id AS session_id, s.user_id, s.created_at AS began_at, s.seen_at, \
             s.expires_at, s.address, s.agent, u.* \
             FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.hash = ? AND s.expires_at > ? AND s.seen_at > ? AND NOT u.disabled",
        )
        .bind(&hash[..])
        .bind(now)
        .bind(unused)
        .fetch_optional(self.store.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let session = read(&row, "session_id", "began_at")?;
        if now - session.seen_at.unix_timestamp() >= TOUCH_S {
            let used = sqlx::query("UPDATE sessions SET seen_at = ? WHERE id = ?");
            self.store.note(used.bind(now).bind(session.id.to_string())).await;
        }
        Ok(Some((session, users::read(&row, "user_id")?)))
    }

    /// Those of a user that have not expired, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE user_id = ? AND expires_at > ? \
             ORDER BY seen_at DESC, id DESC",
        )
        .bind(user.to_string())
        .bind(now.unix_timestamp())
        .fetch_all(self.store.read())
        .await?;
        rows.iter().map(|row| read(row, "id", "created_at")).collect()
    }

    /// Ends one session of a user; nothing when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(
        &self,
        id: SessionId,
        user: &User,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let ended = sqlx::query("DELETE FROM sessions WHERE id = ? AND user_id = ?")
            .bind(id.to_string())
            .bind(user.id.to_string())
            .execute(&mut *tx)
            .await?;
        if ended.rows_affected() > 0 {
            audit::write(&mut tx, actor, Action::LoggedOut, &user.name, "", now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Ends every session of a user but `keep`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_all(
        &self,
        user: &User,
        keep: Option<SessionId>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let ended = end_sessions(&mut tx, user.id, keep).await?;
        let detail = format!("{ended} sessions");
        audit::write(&mut tx, actor, Action::SessionsEnded, &user.name, &detail, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn read(row: &SqliteRow, id: &str, began: &str) -> Result<Session, StoreError> {
    Ok(Session {
        id: word(row, id, |text| text.parse().ok())?,
        user_id: word(row, "user_id", |text| text.parse().ok())?,
        created_at: moment(row, began)?,
        seen_at: moment(row, "seen_at")?,
        expires_at: moment(row, "expires_at")?,
        address: row.try_get("address")?,
        agent: row.try_get("agent")?,
    })
}
