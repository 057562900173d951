//! Admission: so many runs at work, so many waiting, one more refused at once.
//!
//! A run takes one permit for its whole length, so that a run that has begun never waits behind
//! one that has not. Refusing at the door is what keeps the waiting time bounded.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Cancel, EngineError};
use crate::domain::Role;

/// Weight of the newest run in the moving average of run durations.
const NEWEST: f64 = 0.2;
/// What a run is thought to take before any has ended.
const FIRST_GUESS: Duration = Duration::from_secs(2);
/// Longest advice given to a client that was refused, in seconds.
const LONGEST_ADVICE_S: u64 = 120;

/// Admits runs. Clones share the places.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Fair: permits are handed out in the order in which they were asked for.
    places: Arc<Semaphore>,
    concurrent: usize,
    queue: usize,
    waiting: AtomicUsize,
    typical_run: Mutex<Duration>,
}

impl Gate {
    /// `concurrent` runs at work (at least one) and `queue` more waiting.
    pub fn new(concurrent: usize, queue: usize) -> Self {
        let concurrent = concurrent.max(1);
        Self(Arc::new(Shared {
            places: Arc::new(Semaphore::new(concurrent)),
            concurrent,
            queue,
            waiting: AtomicUsize::new(0),
            typical_run: Mutex::new(FIRST_GUESS),
        }))
    }

    /// A place, or a place in the queue, or a refusal; decided now, without waiting.
    ///
    /// # Errors
    /// [`EngineError::Overloaded`] when every place and the whole queue are taken.
    pub fn try_acquire(&self) -> Result<Ticket, EngineError> {
        if let Ok(place) = Arc::clone(&self.0.places).try_acquire_owned() {
            return Ok(Ticket {
                place: Some(Permit::new(self, place)),
                queued: None,
                gate: self.clone(),
            });
        }
        let queue = self.0.queue;
        let join = |waiting: usize| (waiting < queue).then_some(waiting + 1);
        self.0
            .waiting
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, join)
            .map_err(|_| EngineError::Overloaded { queue })?;
        Ok(Ticket { place: None, queued: Some(Queued(self.clone())), gate: self.clone() })
    }

    /// A place for a background worker, which may wait as long as it likes: it takes its turn among
    /// the others, but does not use up the queue that clients are refused by.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`] or [`EngineError::DeadlineExceeded`].
    pub async fn acquire(&self, cancel: &Cancel) -> Result<Permit, EngineError> {
        tokio::select! {
            biased;
            reason = cancel.stopped(Role::Policy) => Err(reason),
            place = Arc::clone(&self.0.places).acquire_owned() => {
                // The semaphore is never closed, so this cannot fail.
                place.map(|place| Permit::new(self, place)).map_err(|_| EngineError::Cancelled)
            }
        }
    }

    /// Clients waiting now.
    pub fn depth(&self) -> usize {
        self.0.waiting.load(Ordering::Acquire)
    }

    /// Most clients that may wait.
    pub fn capacity(&self) -> usize {
        self.0.queue
    }

    /// Clients that would be let in or may wait, if all came now.
    pub fn left(&self) -> usize {
        self.0.places.available_permits() + self.0.queue.saturating_sub(self.depth())
    }

    /// Runs that may be at work at once.
    pub fn concurrent(&self) -> usize {
        self.0.concurrent
    }

    /// Seconds after which a refused client has a fair chance: what the runs before it will take,
    /// judged by how long recent ones took. At least 1.
    pub fn retry_after_s(&self) -> u64 {
        let run = *self.0.typical_run.lock().unwrap_or_else(PoisonError::into_inner);
        let before = (self.depth() + 1) as f64 / self.0.concurrent as f64;
        let seconds = (run.as_secs_f64() * before).ceil();
        (seconds as u64).clamp(1, LONGEST_ADVICE_S)
    }
}

/// A place or a place in the queue; dropping it gives either back.
#[derive(Debug)]
pub struct Ticket {
    place: Option<Permit>,
    queued: Option<Queued>,
    gate: Gate,
}

impl Ticket {
    /// Waits for the place. The place in the queue is given back when the wait ends, however it does.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`] or [`EngineError::DeadlineExceeded`].
    pub async fn wait(self, cancel: &Cancel) -> Result<Permit, EngineError> {
        let Self { place, queued, gate } = self;
        match place {
            Some(permit) => Ok(permit),
            None => {
                let permit = gate.acquire(cancel).await;
                drop(queued);
                permit
            }
        }
    }
}

/// Counts one waiting client while it lives.
#[derive(Debug)]
struct Queued(Gate);

impl Drop for Queued {
    fn drop(&mut self) {
        self.0.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The right to run; dropping it lets the next one in.
#[derive(Debug)]
pub struct Permit {
    gate: Gate,
    begun: Instant,
    _place: OwnedSemaphorePermit,
}

impl Permit {
    fn new(gate: &Gate, place: OwnedSemaphorePermit) -> Self {
        Self { gate: gate.clone(), begun: Instant::now(), _place: place }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        let mut typical = self.gate.0.typical_run.lock().unwrap_or_else(PoisonError::into_inner);
        *typical = typical.mul_f64(1.0 - NEWEST) + took.mul_f64(NEWEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_more_than_places_and_queue_is_refused_at_once() {
        let gate = Gate::new(2, 3);
        let admitted: Vec<_> = (0..5).map(|_| gate.try_acquire().expect("room")).collect();
        assert_eq!((gate.depth(), gate.left()), (3, 0));
        let refused = gate.try_acquire().expect_err("full");
        assert!(matches!(refused, EngineError::Overloaded { queue: 3 }));
        assert!(gate.retry_after_s() >= 1);
        drop(admitted);
        assert_eq!((gate.depth(), gate.left()), (0, 5));
        gate.try_acquire().expect("dropped tickets free their place");
    }

    #[tokio::test]
    async fn those_who_wait_are_let_in_in_order() {
        let gate = Gate::new(1, 2);
        let cancel = Cancel::new();
        let first = gate.try_acquire().expect("room").wait(&cancel).await.expect("a place");
        let (second, third) =
            (gate.try_acquire().expect("room"), gate.try_acquire().expect("room"));
        let second = second.wait(&cancel);
        let third = third.wait(&cancel);
        tokio::pin!(second, third);
        assert!(
            futures::poll!(&mut second).is_pending() && futures::poll!(&mut third).is_pending()
        );
        drop(first);
        assert!(futures::poll!(&mut third).is_pending(), "the second came before");
        assert!(futures::poll!(&mut second).is_ready());
        assert_eq!(gate.depth(), 1);
    }

    #[tokio::test]
    async fn a_cancelled_wait_frees_the_queue() {
        let gate = Gate::new(1, 1);
        let _busy = gate.try_acquire().expect("room");
        let cancel = Cancel::new();
        let waiting = gate.try_acquire().expect("room");
        cancel.cancel();
        assert!(matches!(waiting.wait(&cancel).await, Err(EngineError::Cancelled)));
        assert_eq!(gate.depth(), 0);
        let late = Cancel::with_deadline(Instant::now());
        let waiting = gate.try_acquire().expect("room").wait(&late).await;
        assert!(matches!(waiting, Err(EngineError::DeadlineExceeded { .. })));
    }

    #[tokio::test]
    async fn background_work_does_not_use_up_the_queue() {
        let gate = Gate::new(1, 1);
        let cancel = Cancel::new();
        let _busy = gate.acquire(&cancel).await.expect("a place");
        let background = gate.acquire(&cancel);
        tokio::pin!(background);
        assert!(futures::poll!(&mut background).is_pending());
        assert_eq!(gate.depth(), 0);
        gate.try_acquire().expect("the queue is free");
    }
}
