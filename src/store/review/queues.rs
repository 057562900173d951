//! How a queue works, and what its annotators are told.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::summary::{changes, summary};
use super::{Reviews, json, ms};
use crate::domain::review::{Mode, QueueSettings, Suggestions};
use crate::domain::{Action as Deed, Actor, QueueId, RunId, Timestamp};
use crate::store::rows::{number, to_json, word, write_number};
use crate::store::{StoreError, audit};

/// What annotators are told; version 0 is nothing yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guidelines {
    pub version: usize,
    pub text: String,
}

/// A queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    pub id: QueueId,
    pub settings: QueueSettings,
    /// Takes runs and serves items.
    pub open: bool,
    /// Items that are still to be rated.
    pub waiting: usize,
    /// The oldest run that "fill from earlier runs" has looked at.
    pub filled_to: Option<RunId>,
    /// The newest version.
    pub guidelines: Guidelines,
}

/// What came of saving a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Done(QueueId),
    /// Another queue has this name.
    NameTaken,
    Missing,
}

impl Reviews<'_> {
    /// Every queue, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queues(&self) -> Result<Vec<Queue>, StoreError> {
        let rows = sqlx::query(
            "SELECT q.*, g.version, g.text FROM queues q LEFT JOIN guidelines g ON g.queue = q.id \
             AND g.version = (SELECT max(version) FROM guidelines WHERE queue = q.id) \
             ORDER BY q.name, q.id",
        )
        .fetch_all(self.store.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// One queue.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue(&self, id: QueueId) -> Result<Option<Queue>, StoreError> {
        let mut connection = self.store.read().acquire().await?;
        one(&mut connection, id).await
    }

    /// Items that wait in all queues.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting(&self) -> Result<usize, StoreError> {
        let row = sqlx::query("SELECT coalesce(sum(waiting), 0) AS n FROM queues WHERE open = 1")
            .fetch_one(self.store.read())
            .await?;
        number(&row, "n")
    }

    /// What the annotators of a queue were told by a version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guidelines(&self, id: QueueId, version: usize) -> Result<String, StoreError> {
        let text =
            sqlx::query_scalar("SELECT text FROM guidelines WHERE queue = ? AND version = ?")
                .bind(id.to_string())
                .bind(write_number(version))
                .fetch_optional(self.store.read())
                .await?;
        Ok(text.unwrap_or_default())
    }

    /// A new queue, with settings that were checked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create(
        &self,
        settings: &QueueSettings,
        guidelines: &str,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<Saved, StoreError> {
        let id = QueueId::new();
        let mut tx = self.store.write().await?;
        if taken(&mut tx, id, settings).await? {
            return Ok(Saved::NameTaken);
        }
        sqlx::query(
            "INSERT INTO queues (id, name, weights, random_share, overlap, mode, suggestions, \
             lease_minutes, created_at) VALUES (?, ?, '{}', 0, 1, 'per_step', 'never', 1, ?)",
        )
        .bind(id.to_string())
        .bind(settings.name.trim())
        .bind(ms(at))
        .execute(&mut *tx)
        .await?;
        write(&mut tx, id, settings, true).await?;
        write_guidelines(&mut tx, id, guidelines, &actor.person(), at).await?;
        let (name, detail) = (settings.name.trim(), summary(settings, true)?);
        audit::write(&mut tx, actor, Deed::QueueAdded, name, &detail, at).await?;
        tx.commit().await?;
        Ok(Saved::Done(id))
    }

    /// New settings for a queue; guidelines that read differently become a new version. A changed
    /// overlap holds for the items that are there as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(
        &self,
        id: QueueId,
        settings: &QueueSettings,
        open: bool,
        guidelines: &str,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<Saved, StoreError> {
        let mut tx = self.store.write().await?;
        let Some(before) = one(&mut tx, id).await? else { return Ok(Saved::Missing) };
        if taken(&mut tx, id, settings).await? {
            return Ok(Saved::NameTaken);
        }
        write(&mut tx, id, settings, open).await?;
        if before.settings.overlap != settings.overlap {
            overlap(&mut tx, id, settings.overlap).await?;
        }
        if before.guidelines.text != guidelines {
            write_guidelines(&mut tx, id, guidelines, &actor.person(), at).await?;
        }
        let detail = changes(&before, settings, open, guidelines)?;
        if !detail.is_empty() {
            let name = &before.settings.name;
            audit::write(&mut tx, actor, Deed::QueueChanged, name, &detail, at).await?;
        }
        tx.commit().await?;
        Ok(Saved::Done(id))
    }
}

/// A queue, within a transaction.
pub(super) async fn one(
    connection: &mut SqliteConnection,
    id: QueueId,
) -> Result<Option<Queue>, StoreError> {
    let row = sqlx::query(
        "SELECT q.*, g.version, g.text FROM queues q LEFT JOIN guidelines g ON g.queue = q.id \
         AND g.version = (SELECT max(version) FROM guidelines WHERE queue = q.id) WHERE q.id = ?",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read).transpose()
}

/// Every queue that takes runs, within a transaction.
pub(super) async fn open(connection: &mut SqliteConnection) -> Result<Vec<Queue>, StoreError> {
    let rows = sqlx::query("SELECT *, NULL AS version, NULL AS text FROM queues WHERE open = 1")
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Queue, StoreError> {
    Ok(Queue {
        id: word(row, "id", |text| text.parse().ok())?,
        settings: QueueSettings {
            name: row.try_get("name")?,
            weights: json(row, "weights")?,
            random_share: row.try_get("random_share")?,
            overlap: number(row, "overlap")?,
            mode: word(row, "mode", Mode::from_word)?,
            suggestions: word(row, "suggestions", Suggestions::from_word)?,
            lease_minutes: number(row, "lease_minutes")?,
        },
        open: row.try_get("open")?,
        waiting: number(row, "waiting")?,
        filled_to: row.try_get::<Option<&str>, _>("filled_to")?.and_then(|id| id.parse().ok()),
        guidelines: Guidelines {
            version: row
                .try_get::<Option<i64>, _>("version")?
                .and_then(|version| usize::try_from(version).ok())
                .unwrap_or(0),
            text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        },
    })
}

async fn taken(
    tx: &mut SqliteConnection,
    id: QueueId,
    settings: &QueueSettings,
) -> Result<bool, StoreError> {
    let other = sqlx::query("SELECT 1 FROM queues WHERE name = ? AND id <> ?")
        .bind(settings.name.trim())
        .bind(id.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(other.is_some())
}

async fn write(
    tx: &mut SqliteConnection,
    id: QueueId,
    settings: &QueueSettings,
    open: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE queues SET name = ?, weights = ?, random_share = ?, overlap = ?, mode = ?, \
         suggestions = ?, lease_minutes = ?, open = ? WHERE id = ?",
    )
    .bind(settings.name.trim())
    .bind(to_json(&settings.weights)?)
    .bind(settings.random_share)
    .bind(write_number(settings.overlap))
    .bind(settings.mode.as_str())
    .bind(settings.suggestions.as_str())
    .bind(write_number(settings.lease_minutes))
    .bind(open)
    .bind(id.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// Places are added or, where nobody has them, taken away. Gold keeps the places that it has beside
/// the usual ones; it falls back to the queue's when it is gold no more.
async fn overlap(tx: &mut SqliteConnection, id: QueueId, overlap: usize) -> Result<(), StoreError> {
    for seat in 1..=overlap {
        sqlx::query(
            "INSERT OR IGNORE INTO leases (item, seat) SELECT id, ? FROM items WHERE queue = ?",
        )
        .bind(write_number(seat))
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "DELETE FROM leases WHERE state = 'free' AND seat > ? \
         AND item IN (SELECT id FROM items WHERE queue = ?) \
         AND item NOT IN (SELECT item FROM gold_in_force)",
    )
    .bind(write_number(overlap))
    .bind(id.to_string())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE items SET need = ?1, open = (done < ?1) WHERE queue = ?2 \
         AND id NOT IN (SELECT item FROM gold_in_force)",
    )
    .bind(write_number(overlap))
    .bind(id.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

async fn write_guidelines(
    tx: &mut SqliteConnection,
    id: QueueId,
    text: &str,
    person: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO guidelines (queue, version, text, author, written_at) \
         SELECT ?1, 1 + coalesce((SELECT max(version) FROM guidelines WHERE queue = ?1), 0), ?2, ?3, ?4",
    )
    .bind(id.to_string())
    .bind(text)
    .bind(person)
    .bind(ms(at))
    .execute(tx)
    .await?;
    Ok(())
}
