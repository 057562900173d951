//! What was answered to requests with an `Idempotency-Key`, for a day.
//!
//! Bounded twice, by number and by bytes: when either is passed, the oldest answers go first.

use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::rows::{to_json, write_number};
use super::{Store, StoreError};
use crate::domain::Timestamp;

/// How long a key is known, in seconds.
const KEPT_S: i64 = 24 * 60 * 60;
/// Most keys that are known.
const MOST_KEYS: i64 = 10_000;
/// Most bytes that their answers take.
const MOST_BYTES: i64 = 256 * 1024 * 1024;
/// One request in so many clears away what has expired or is too much.
const SWEEP_EVERY: i64 = 100;

/// An answer that can be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    pub content_type: Option<String>,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

impl KeptAnswer {
    /// Of a request whose work is done later: what was made, and where it can be read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn accepted(location: String, made: &impl Serialize) -> Result<Self, StoreError> {
        Ok(Self {
            status: 202,
            content_type: Some("application/json".to_owned()),
            location: Some(location),
            body: to_json(made)?.into_bytes(),
        })
    }
}

/// What a key was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// New. It is taken now, and whoever took it must `keep` its answer or `free` it.
    Taken(i64),
    /// The same request is at work.
    InUse,
    /// It belongs to another request.
    OtherRequest,
    /// The same request was answered before.
    Answered(KeptAnswer),
}

/// The keys of a store.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    pub(super) store: &'a Store,
}

impl Keys<'_> {
    /// Looks a key up and takes it if it is free; one of two that come at once gets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(
        &self,
        key: &str,
        fingerprint: &[u8],
        now: Timestamp,
    ) -> Result<Key, StoreError> {
        let now = now.unix_timestamp();
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM idempotency WHERE key = ? AND expires_at <= ?")
            .bind(key)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        let known = sqlx::query("SELECT * FROM idempotency WHERE key = ?")
            .bind(key)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(row) = known {
            return read(&row, fingerprint);
        }
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO idempotency (key, fingerprint, expires_at) VALUES (?, ?, ?) RETURNING id",
        )
        .bind(key)
        .bind(fingerprint)
        .bind(now.saturating_add(KEPT_S))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        if id % SWEEP_EVERY == 0 {
            self.sweep(now, MOST_KEYS, MOST_BYTES).await?;
        }
        Ok(Key::Taken(id))
    }

    /// Keeps the answer of a taken key.
    ///
    /// # Errors
    /// When the database fails; the key stays in use until it is freed or the next start.
    pub async fn keep(&self, id: i64, answer: &KeptAnswer) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        settle(&mut tx, id, answer).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Frees a taken key that has no answer worth keeping.
    ///
    /// # Errors
    /// When the database fails; the key stays in use until the next start.
    pub async fn free(&self, id: i64) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM idempotency WHERE id = ? AND status IS NULL")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Frees what a former process left in use, and clears away what has expired. Called once,
    /// before the first request: the server has the data folder to itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM idempotency WHERE status IS NULL").execute(&mut *tx).await?;
        tx.commit().await?;
        self.sweep(now.unix_timestamp(), MOST_KEYS, MOST_BYTES).await
    }

    async fn sweep(&self, now: i64, keys: i64, bytes: i64) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM idempotency WHERE expires_at <= ?")
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM idempotency WHERE status IS NOT NULL AND id IN (SELECT id FROM \
             (SELECT id, row_number() OVER newest AS n, sum(bytes) OVER newest AS total \
             FROM idempotency WINDOW newest AS (ORDER BY id DESC)) WHERE n > ? OR total > ?)",
        )
        .bind(keys)
        .bind(bytes)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Keeps the answer of a taken key, in the transaction of what it answers for; one that is kept stays.
pub(super) async fn settle(
    tx: &mut SqliteConnection,
    id: i64,
    answer: &KeptAnswer,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE idempotency SET status = ?, content_type = ?, location = ?, body = ?, \
         bytes = ? WHERE id = ? AND status IS NULL",
    )
    .bind(answer.status)
    .bind(&answer.content_type)
    .bind(&answer.location)
    .bind(&answer.body)
    .bind(write_number(answer.body.len()))
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

fn read(row: &SqliteRow, fingerprint: &[u8]) -> Result<Key, StoreError> {
    if row.try_get::<&[u8], _>("fingerprint")? != fingerprint {
        return Ok(Key::OtherRequest);
    }
    let Some(status) = row.try_get::<Option<i64>, _>("status")? else { return Ok(Key::InUse) };
    Ok(Key::Answered(KeptAnswer {
        status: u16::try_from(status)
            .map_err(|_| StoreError::Unreadable(format!("status = {status}")))?,
        content_type: row.try_get("content_type")?,
        location: row.try_get("location")?,
        body: row.try_get::<Option<Vec<u8>>, _>("body")?.unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn answer(body: &str) -> KeptAnswer {
        KeptAnswer {
            status: 202,
            content_type: Some("application/json".to_owned()),
            location: Some("/v1/runs/x".to_owned()),
            body: body.as_bytes().to_vec(),
        }
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("opened");
        (dir, store)
    }

    async fn take(store: &Store, key: &str, at: Timestamp) -> Key {
        store.keys().take(key, b"one", at).await.expect("looked up")
    }

    async fn taken(store: &Store, key: &str) -> i64 {
        match take(store, key, Timestamp::UNIX_EPOCH).await {
            Key::Taken(id) => id,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_key_is_taken_once_answered_the_same_and_free_again_after_a_day() {
        let (_dir, store) = store().await;
        let begin = Timestamp::UNIX_EPOCH;
        let id = taken(&store, "a").await;
        assert_eq!(take(&store, "a", begin).await, Key::InUse);
        let other = store.keys().take("a", b"two", begin).await.expect("looked up");
        assert_eq!(other, Key::OtherRequest);
        store.keys().keep(id, &answer("x")).await.expect("kept");
        let nearly = begin + Duration::seconds(KEPT_S - 1);
        assert_eq!(take(&store, "a", nearly).await, Key::Answered(answer("x")));
        let later = begin + Duration::seconds(KEPT_S);
        assert!(matches!(take(&store, "a", later).await, Key::Taken(new) if new > id));
    }

    #[tokio::test]
    async fn a_freed_key_is_free_and_a_late_answer_does_not_settle_it() {
        let (_dir, store) = store().await;
        let first = taken(&store, "a").await;
        store.keys().free(first).await.expect("freed");
        let second = taken(&store, "a").await;
        assert_ne!(first, second);
        store.keys().keep(first, &answer("late")).await.expect("nothing done");
        assert_eq!(take(&store, "a", Timestamp::UNIX_EPOCH).await, Key::InUse);
        store.keys().keep(second, &answer("x")).await.expect("kept");
        store.keys().free(second).await.expect("nothing done: it has an answer");
        store.keys().keep(second, &answer("again")).await.expect("nothing done");
        assert_eq!(take(&store, "a", Timestamp::UNIX_EPOCH).await, Key::Answered(answer("x")));
    }

    #[tokio::test]
    async fn a_start_frees_what_was_in_use_and_keeps_answers() {
        let (_dir, store) = store().await;
        let done = taken(&store, "done").await;
        store.keys().keep(done, &answer("x")).await.expect("kept");
        taken(&store, "crashed").await;
        store.keys().start(Timestamp::UNIX_EPOCH).await.expect("started");
        taken(&store, "crashed").await;
        let kept = take(&store, "done", Timestamp::UNIX_EPOCH).await;
        assert_eq!(kept, Key::Answered(answer("x")));
    }

    #[tokio::test]
    async fn the_oldest_answers_go_when_there_are_too_many_or_they_are_too_large() {
        let (_dir, store) = store().await;
        for key in ["a", "b", "c", "d"] {
            let id = taken(&store, key).await;
            store.keys().keep(id, &answer("12345")).await.expect("kept");
        }
        let in_use = taken(&store, "e").await;
        let known = async || {
            let names = sqlx::query_scalar::<_, String>("SELECT key FROM idempotency ORDER BY id");
            names.fetch_all(store.read()).await.expect("read").concat()
        };
        store.keys().sweep(0, 4, 1000).await.expect("swept");
        assert_eq!(known().await, "bcde");
        store.keys().sweep(0, 100, 10).await.expect("swept");
        assert_eq!(known().await, "cde");
        store.keys().sweep(0, 0, 0).await.expect("swept");
        assert_eq!(known().await, "e", "what is in use stays");
        store.keys().sweep(KEPT_S, 100, 100).await.expect("swept");
        assert_eq!(known().await, "");
        store.keys().free(in_use).await.expect("gone already");
    }
}
