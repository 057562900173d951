//! An export, piece by piece: bounded memory, counted and hashed on the way.

use sha2::{Digest, Sha256};

use super::Quality;
use crate::domain::annotation::{Form, Manifest, Options, Tally, lines};
use crate::store::StoreError;

/// Items, submissions, and actions, that are read at a time.
const ITEMS: usize = 50;
const SUBMISSIONS: usize = 100;
const ACTIONS: usize = 500;

/// Where an export stands.
#[derive(Debug, Clone)]
pub struct Export {
    options: Options,
    /// The last item, submission or action that was read.
    after: String,
    ended: bool,
    tally: Tally,
    bytes: u64,
    hash: Sha256,
}

impl Export {
    /// An export from its beginning, or from after an item (`itm_…`; in raw form the number of an
    /// action, of labels a submission, `sbm_…`).
    pub fn new(options: Options, after: Option<String>) -> Self {
        Self {
            options,
            after: after.unwrap_or_default(),
            ended: false,
            tally: Tally::default(),
            bytes: 0,
            hash: Sha256::new(),
        }
    }

    /// The next lines; none when all was read. A piece is never empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, quality: Quality<'_>) -> Result<Option<String>, StoreError> {
        while !self.ended {
            let piece = match self.options.form {
                Form::Raw => self.actions(quality).await?,
                Form::Labels => self.labels(quality).await?,
                _ => self.items(quality).await?,
            };
            if !piece.is_empty() {
                self.bytes += piece.len() as u64;
                self.hash.update(&piece);
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    /// What was written so far.
    pub fn manifest(&self) -> Manifest {
        let hash = self.hash.clone().finalize();
        Manifest {
            schema_version: Manifest::SCHEMA_VERSION,
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            options: self.options.clone(),
            counts: self.tally.clone(),
            bytes: self.bytes,
            sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    async fn items(&mut self, quality: Quality<'_>) -> Result<String, StoreError> {
        let queue = self.options.queue.as_deref();
        let found = quality.after(queue, &self.after, ITEMS).await?;
        self.ended = !found.has_more;
        let mut piece = String::new();
        for item in found.items {
            piece.push_str(&lines(&item, &self.options, &mut self.tally));
            self.after = item.item;
        }
        Ok(piece)
    }

    async fn labels(&mut self, quality: Quality<'_>) -> Result<String, StoreError> {
        let queue = self.options.queue.as_deref();
        let found = quality.labels(queue, &self.after, SUBMISSIONS).await?;
        self.ended = !found.has_more;
        let mut piece = String::new();
        for submission in found.submissions {
            self.tally.read += 1;
            for label in submission.labels {
                self.tally.lines += 1;
                piece.push_str(&label.to_string());
                piece.push('\n');
            }
            self.after = submission.id;
        }
        Ok(piece)
    }

    async fn actions(&mut self, quality: Quality<'_>) -> Result<String, StoreError> {
        let after = self.after.parse().unwrap_or(0);
        let found = quality.actions(self.options.queue.as_deref(), after, ACTIONS).await?;
        self.ended = !found.has_more;
        let mut piece = String::new();
        for (number, action) in found.entries {
            self.tally.read += 1;
            self.tally.lines += 1;
            piece.push_str(&action.to_string());
            piece.push('\n');
            self.after = number.to_string();
        }
        Ok(piece)
    }
}
