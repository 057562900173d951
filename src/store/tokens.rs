//! API tokens: what programs may do in a user's name.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::rows::{maybe_moment, moment, word};
use super::sessions::TOUCH_S;
use super::{Store, StoreError, audit, users};
use crate::domain::{Action, Actor, SecretHash, Timestamp, Token, TokenId, User, UserId};

/// Most tokens of one user that are not revoked.
const MOST_TOKENS: i64 = 50;
/// Most that are listed, revoked ones included.
const MOST_LISTED: i64 = 200;

/// The tokens of a store.
#[derive(Debug, Clone, Copy)]
pub struct Tokens<'a> {
    pub(super) store: &'a Store,
}

impl Tokens<'_> {
    /// Keeps a new token of `user`.
    ///
    /// # Errors
    /// Too many tokens.
    pub async fn add(
        &self,
        token: &Token,
        hash: SecretHash,
        user: &User,
        actor: &Actor,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let n: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM tokens WHERE user_id = ? AND revoked_at IS NULL",
        )
        .bind(user.id.to_string())
        .fetch_one(&mut *tx)
        .await?;
        if n >= MOST_TOKENS {
            return Err(StoreError::TooMany { what: "tokens", limit: MOST_TOKENS });
        }
        sqlx::query(
            "INSERT INTO tokens (id, hash, user_id, name, role, read_only, created_at, expires_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(token.id.to_string())
        .bind(&hash[..])
        .bind(user.id.to_string())
        .bind(&token.name)
        .bind(token.role.as_str())
        .bind(token.read_only)
        .bind(token.created_at.unix_timestamp())
        .bind(token.expires_at.map(Timestamp::unix_timestamp))
        .execute(&mut *tx)
        .await?;
        let only = if token.read_only { ", read-only" } else { "" };
        let detail = format!("{} “{}”, role {}{only}", token.id, token.name, token.role);
        let at = token.created_at;
        audit::write(&mut tx, actor, Action::TokenAdded, &user.name, &detail, at).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The token with this hash and its user, if it may be used now. Notes that it was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(
        &self,
        hash: SecretHash,
        now: Timestamp,
    ) -> Result<Option<(Token, User)>, StoreError> {
        let row = sqlx::query(
            "SELECT t.id AS token_id, t.user_id, t.name AS token_name, t.role AS token_role, \
             t.read_only, t.created_at AS made_at, t.expires_at, t.used_at, t.revoked_at, u.* \
             FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = ? AND NOT u.disabled",
        )
        .bind(&hash[..])
        .fetch_optional(self.store.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let token = read(&row, ["token_id", "token_name", "token_role", "made_at"])?;
        if !token.is_good(now) {
            return Ok(None);
        }
        let used = token.used_at.map_or(0, Timestamp::unix_timestamp);
        if now.unix_timestamp() - used >= TOUCH_S {
            let used = sqlx::query("UPDATE tokens SET used_at = ? WHERE id = ?");
            self.store.note(used.bind(now.unix_timestamp()).bind(token.id.to_string())).await;
        }
        Ok(Some((token, users::read(&row, "user_id")?)))
    }

    /// Those of a user, the newest first, revoked and expired ones as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, user: UserId) -> Result<Vec<Token>, StoreError> {
        let rows = sqlx::query("SELECT * FROM tokens WHERE user_id = ? ORDER BY id DESC LIMIT ?")
            .bind(user.to_string())
            .bind(MOST_LISTED)
            .fetch_all(self.store.read())
            .await?;
        rows.iter().map(|row| read(row, ["id", "name", "role", "created_at"])).collect()
    }

    /// Ends a token for good, one of `owner` if that is given.
    ///
    /// # Errors
    /// No such token, or one that was revoked before.
    pub async fn revoke(
        &self,
        id: TokenId,
        owner: Option<UserId>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let revoked = sqlx::query(
            "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL \
             AND (? IS NULL OR user_id = ?) \
             RETURNING name, (SELECT name FROM users WHERE users.id = user_id) AS user_name",
        )
        .bind(now.unix_timestamp())
        .bind(id.to_string())
        .bind(owner.map(|owner| owner.to_string()))
        .bind(owner.map(|owner| owner.to_string()))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = revoked else {
            return Err(StoreError::NoSuch { what: "token", name: id.to_string() });
        };
        let (name, user): (String, String) = (row.try_get("name")?, row.try_get("user_name")?);
        let detail = format!("{id} “{name}”");
        audit::write(&mut tx, actor, Action::TokenRevoked, &user, &detail, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn read(row: &SqliteRow, [id, name, role, made]: [&str; 4]) -> Result<Token, StoreError> {
    Ok(Token {
        id: word(row, id, |text| text.parse().ok())?,
        user_id: word(row, "user_id", |text| text.parse().ok())?,
        name: row.try_get(name)?,
        role: word(row, role, |text| text.parse().ok())?,
        read_only: row.try_get("read_only")?,
        created_at: moment(row, made)?,
        expires_at: maybe_moment(row, "expires_at")?,
        used_at: maybe_moment(row, "used_at")?,
        revoked_at: maybe_moment(row, "revoked_at")?,
    })
}
