//! The audit log: written with what it tells of, never changed. Triggers of the database refuse
//! UPDATE and DELETE.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, Transaction};

use super::rows::{maybe_word, moment, write_number};
use super::{Store, StoreError};
use crate::domain::{Action, Actor, AuditEntry, Timestamp};

/// Longest detail, in characters; agents of browsers are of any length.
const MOST_DETAIL: usize = 300;

/// The audit log of a store.
#[derive(Debug, Clone, Copy)]
pub struct Audit<'a> {
    pub(super) store: &'a Store,
}

impl Audit<'_> {
    /// Writes down something that changes nothing else here, such as a refused login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add(
        &self,
        actor: &Actor,
        action: Action,
        target: &str,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        write(&mut tx, actor, action, target, detail, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// At most `limit` lines before the line `before`, newest first; of this name, as the one who
    /// did it or the one it was done to, if that is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(
        &self,
        name: Option<&str>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM audit WHERE true");
        if let Some(before) = before {
            query.push(" AND id < ").push_bind(before);
        }
        if let Some(name) = name {
            query.push(" AND (name = ").push_bind(name).push(" COLLATE NOCASE OR target = ");
            query.push_bind(name).push(" COLLATE NOCASE)");
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(write_number(limit));
        let rows = query.build().fetch_all(self.store.read()).await?;
        rows.iter().map(read).collect()
    }
}

/// Writes a line in a transaction that does what it tells of.
pub(super) async fn write(
    tx: &mut Transaction<'_, Sqlite>,
    actor: &Actor,
    action: Action,
    target: &str,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let detail: String = detail.chars().take(MOST_DETAIL).collect();
    sqlx::query(
        "INSERT INTO audit (at, user_id, name, action, target, detail, request_id, address) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(now.unix_timestamp())
    .bind(actor.id.map(|id| id.to_string()))
    .bind(&actor.name)
    .bind(action.as_str())
    .bind(target)
    .bind(detail)
    .bind(&actor.request_id)
    .bind(&actor.address)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<AuditEntry, StoreError> {
    let actor = Actor {
        id: maybe_word(row, "user_id", |text| text.parse().ok())?,
        name: row.try_get("name")?,
        request_id: row.try_get("request_id")?,
        address: row.try_get("address")?,
    };
    Ok(AuditEntry {
        number: row.try_get("id")?,
        at: moment(row, "at")?,
        actor,
        action: row.try_get("action")?,
        target: row.try_get("target")?,
        detail: row.try_get("detail")?,
    })
}
