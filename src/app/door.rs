//! What logging in costs and how often it may be tried: a few hashes at a time, and few attempts a
//! name and an address.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rand::TryRng;
use rand::rngs::SysRng;
use tokio::sync::Semaphore;

use super::attempts::Attempts;
use crate::domain::{Password, PasswordHash, Timestamp};

/// Hashes at the same time; each takes a core for tens of milliseconds and 19 MiB.
const HASHES_AT_ONCE: usize = 2;
/// Longest wait for a hash to begin.
const PATIENCE: Duration = Duration::from_secs(5);

/// Compared with where there is no user, so that the answer takes as long. Nobody's password.
static NOBODY: LazyLock<PasswordHash> = LazyLock::new(|| {
    let password = Password::typed("nobody has this password").expect("short enough");
    password.hash(*b"no salt is known")
});

/// Why nobody was let in or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// Others are being looked at.
    #[error("too many people log in at this moment")]
    Busy,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// Cheap to clone: every clone is the same door.
#[derive(Debug, Clone)]
pub struct Door {
    hashing: Arc<Semaphore>,
    attempts: Arc<Attempts>,
}

impl Default for Door {
    fn default() -> Self {
        Self { hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)), attempts: Arc::default() }
    }
}

impl Door {
    /// Counts an attempt to be `name`, made from `address`.
    ///
    /// # Errors
    /// Seconds until one more is allowed, when there were too many.
    pub fn knock(&self, name: &str, address: &str, now: Timestamp) -> Result<(), u64> {
        self.attempts.count(name, address, now)
    }

    /// Forgets the attempts to be `name`: one of them was right.
    pub fn welcome(&self, name: &str) {
        self.attempts.forget(name);
    }

    /// Whether the password fits. Without a hash it never does, after the same time.
    ///
    /// # Errors
    /// [`DoorError::Busy`] after a bounded wait.
    pub async fn fits(
        &self,
        password: Option<Password>,
        hash: Option<PasswordHash>,
    ) -> Result<bool, DoorError> {
        self.aside(move || {
            // By whoever comes first, so that it takes no longer for unknown names.
            LazyLock::force(&NOBODY);
            let known = hash.is_some() && password.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let password = password.or_else(|| Password::typed("")).filter(|p| hash.fits(p));
            known && password.is_some()
        })
        .await
    }

    /// Hashes a new password with a new salt.
    ///
    /// # Errors
    /// [`DoorError::Busy`] after a bounded wait, or no randomness.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, DoorError> {
        let salt = random()?;
        self.aside(move || password.hash(salt)).await
    }

    /// On a thread that may block, a few at a time. A caller that leaves does not make room for
    /// another before its hash is done.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DoorError> {
        let place = Arc::clone(&self.hashing).acquire_owned();
        let place = tokio::time::timeout(PATIENCE, place).await.map_err(|_| DoorError::Busy)?;
        let place = place.map_err(|_| DoorError::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(|_| DoorError::Busy)
    }
}

/// Bytes of the system's random source.
///
/// # Errors
/// When the system has none.
pub fn random<const N: usize>() -> Result<[u8; N], DoorError> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| DoorError::NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_user_fits() {
        let door = Door::default();
        let typed = |text: &str| Password::typed(text);
        let right = typed("correct horse battery").expect("short enough");
        let hash = door.hash(right.clone()).await.expect("hashed");
        assert_ne!(hash, door.hash(right.clone()).await.expect("hashed"), "salted anew");
        assert_eq!(door.fits(Some(right), Some(hash.clone())).await, Ok(true));
        assert_eq!(door.fits(typed("wrong horse battery"), Some(hash.clone())).await, Ok(false));
        assert_eq!(door.fits(None, Some(hash)).await, Ok(false));
        assert_eq!(door.fits(typed("nobody has this password"), None).await, Ok(false));
    }
}
