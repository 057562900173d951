//! The addresses that play a role: which is asked, how many requests are on their way, and which
//! are left alone until they answer again.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::address::Url;
use super::breaker::{Breaker, Rules};
use super::client::Client;
use super::fault::Fault;
use super::retry;

/// Addresses with one key and one limit.
pub(super) struct Pool {
    client: Client,
    addresses: Vec<Arc<Address>>,
    /// Bounds the requests on their way, whichever address they go to.
    places: Semaphore,
    /// Which address is looked at first: equals take turns.
    turn: AtomicUsize,
}

struct Address {
    url: Url,
    breaker: Mutex<Breaker>,
    at_work: AtomicUsize,
    /// Whether a task waits to probe it.
    watched: AtomicBool,
}

impl Pool {
    /// `dead` says which addresses have not answered so far; they are left alone at first.
    pub(super) fn new(
        client: Client,
        urls: Vec<(Url, bool)>,
        most_at_once: usize,
        rules: Rules,
    ) -> Self {
        let address = |(url, dead)| {
            let mut breaker = Breaker::new(rules);
            if dead {
                breaker.open(Instant::now());
            }
            let (at_work, watched) = (AtomicUsize::new(0), AtomicBool::new(false));
            Arc::new(Address { url, breaker: Mutex::new(breaker), at_work, watched })
        };
        Self {
            client,
            addresses: urls.into_iter().map(address).collect(),
            places: Semaphore::new(most_at_once.max(1)),
            turn: AtomicUsize::new(0),
        }
    }

    /// Whether any address would be asked.
    pub(super) fn is_alive(&self) -> bool {
        !self.usable().is_empty()
    }

    /// Those that would be asked; the others are watched.
    fn usable(&self) -> Vec<(usize, &Arc<Address>)> {
        let usable = |(_, address): &(usize, &Arc<Address>)| {
            let closed = address.breaker().is_closed();
            if !closed {
                address.watch(&self.client);
            }
            closed
        };
        self.addresses.iter().enumerate().filter(usable).collect()
    }

    /// Sends a request to the address with the least to do, and again elsewhere if that did nothing.
    /// `read` makes sense of the answer: an address that answers nonsense is to blame for it.
    pub(super) async fn ask<T: DeserializeOwned, U>(
        &self,
        call: fn(&Url) -> String,
        body: &Value,
        read: impl Fn(T) -> Result<U, Fault> + Sync,
    ) -> Result<U, Fault> {
        let closed = || Fault::Broken("the engine is being stopped".to_owned());
        let _place = self.places.acquire().await.map_err(|_| closed())?;
        let mut last: Option<(Fault, usize)> = None;
        for attempt in 0..=retry::MOST_RETRIES {
            if let Some((fault, _)) = &last {
                let wait = retry::wait(attempt - 1, fault.asked_for(), retry::random());
                tokio::time::sleep(wait).await;
            }
            let failed = last.as_ref().map(|(_, index)| *index);
            let Some((index, address)) = self.pick(failed) else {
                let none = || Fault::Unreachable("no address answers at the moment".to_owned());
                return Err(last.map_or_else(none, |(fault, _)| fault));
            };
            match address.send(&self.client, call, body, &read).await {
                Err(fault) if fault.can_be_retried() => {
                    last = Some((fault.at(address.url.as_str()), index));
                }
                answer => return answer.map_err(|fault| fault.at(address.url.as_str())),
            }
        }
        Err(last.map_or(Fault::Broken("it was never asked".to_owned()), |(fault, _)| fault))
    }

    /// The address with the fewest requests on their way; the one that just failed only for want of
    /// another.
    fn pick(&self, failed: Option<usize>) -> Option<(usize, &Arc<Address>)> {
        let usable = self.usable();
        let begin = self.turn.fetch_add(1, Ordering::Relaxed) % usable.len().max(1);
        let in_turn = usable.iter().skip(begin).chain(usable.iter().take(begin));
        in_turn.copied().min_by_key(|(index, address)| {
            (failed == Some(*index), address.at_work.load(Ordering::Relaxed))
        })
    }
}

impl Address {
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send<T: DeserializeOwned, U>(
        self: &Arc<Self>,
        client: &Client,
        call: fn(&Url) -> String,
        body: &Value,
        read: &(impl Fn(T) -> Result<U, Fault> + Sync),
    ) -> Result<U, Fault> {
        let _at_work = AtWork::begin(self);
        let answer = client.post(&call(&self.url), body).await.and_then(read);
        match &answer {
            Err(fault) if fault.counts() => {
                if self.breaker().failed(Instant::now()) {
                    tracing::warn!(url = self.url.as_str(), %fault, "left alone for now");
                    self.watch(client);
                }
            }
            _ => self.breaker().succeeded(),
        }
        answer
    }

    /// Probes the address until it answers, so that no request has to. The task ends with the pool.
    fn watch(self: &Arc<Self>, client: &Client) {
        // Without a runtime nobody waits for an answer either.
        let Ok(runtime) = Handle::try_current() else { return };
        if self.watched.swap(true, Ordering::AcqRel) {
            return;
        }
        runtime.spawn(probe_until_it_answers(Watch(Arc::downgrade(self)), client.clone()));
    }
}

async fn probe_until_it_answers(watch: Watch, client: Client) {
    loop {
        let rest = match watch.0.upgrade() {
            None => return,
            Some(address) if address.breaker().is_closed() => return,
            Some(address) => address.breaker().rests_for(Instant::now()),
        };
        tokio::time::sleep(rest.unwrap_or(Duration::from_secs(1))).await;
        let Some(address) = watch.0.upgrade() else { return };
        if address.breaker().begin_probe(Instant::now()) {
            let answer = client.get::<IgnoredAny>(&address.url.models()).await;
            address.breaker().probed(answer.is_ok(), Instant::now());
            if answer.is_ok() {
                tracing::info!(url = address.url.as_str(), "answers again");
            }
        }
    }
}

/// A probing task; another may begin when it ends, also when its runtime did.
struct Watch(Weak<Address>);

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(address) = self.0.upgrade() {
            // A probe that was cut off has not been answered.
            address.breaker().probed(false, Instant::now());
            address.watched.store(false, Ordering::Release);
        }
    }
}

/// Counts one request while it is on its way.
struct AtWork<'a>(&'a Address);

impl<'a> AtWork<'a> {
    fn begin(address: &'a Address) -> Self {
        address.at_work.fetch_add(1, Ordering::Relaxed);
        Self(address)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, Ordering::Relaxed);
    }
}
