//! Whose turn it is on the GPU.
//!
//! Engines of 0.8.1 that compute at the same moment on a GPU disturb each other: scores and texts come
//! out wrong, now and then, also when every launch blocks (docs/decisions/0039). So they take turns.
//! Requests of one engine run together, as a batch; those of another wait until they are through, and
//! so does an engine that is to be loaded.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The turns of all engines on GPUs, whichever: what disturbs them is not known to be of one GPU.
pub(super) static GPU: LazyLock<Arc<Turns>> = LazyLock::new(Arc::default);

/// Tells engines apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Party(usize);

impl Party {
    pub(super) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// First come, first served by parties; whoever else of a party waits comes along with its first.
#[derive(Default)]
pub(super) struct Turns {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    party: Option<Party>,
    at_work: usize,
    line: VecDeque<(Party, oneshot::Sender<Turn>)>,
}

/// A turn; over when dropped.
pub(super) struct Turn(Arc<Turns>);

impl Turns {
    /// Waits until `party` may compute. Nobody joins those at work while others wait.
    pub(super) async fn take(self: &Arc<Self>, party: Party) -> Turn {
        let waiting = {
            let mut state = self.state();
            let free = state.at_work == 0 || state.party == Some(party);
            if free && state.line.is_empty() {
                state.party = Some(party);
                state.at_work += 1;
                return Turn(Arc::clone(self));
            }
            let (sender, waiting) = oneshot::channel();
            state.line.push_back((party, sender));
            waiting
        };
        match waiting.await {
            Ok(turn) => turn,
            // Senders are in the line until they have sent; the line lives as long as `self`.
            Err(_) => unreachable!("a turn that was waited for comes"),
        }
    }

    fn end(self: &Arc<Self>) {
        let mut granted = Vec::new();
        {
            let mut state = self.state();
            state.at_work -= 1;
            if state.at_work > 0 {
                return;
            }
            state.party = state.line.front().map(|(party, _)| *party);
            let line = std::mem::take(&mut state.line);
            for (party, sender) in line {
                match state.party == Some(party) {
                    true => granted.push(sender),
                    false => state.line.push_back((party, sender)),
                }
            }
            state.at_work = granted.len();
        }
        // One who has stopped waiting drops the turn that is sent, which ends it.
        for sender in granted {
            let _ = sender.send(Turn(Arc::clone(self)));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use futures::future::BoxFuture;

    fn taking(turns: &Arc<Turns>, party: Party) -> BoxFuture<'static, Turn> {
        let turns = Arc::clone(turns);
        async move { turns.take(party).await }.boxed()
    }

    #[test]
    fn one_party_computes_together_and_another_waits_for_all_of_it() {
        let turns = Arc::new(Turns::default());
        let [a, b] = [Party::new(), Party::new()];
        let first = taking(&turns, a).now_or_never().expect("free");
        let second = taking(&turns, a).now_or_never().expect("the same engine");
        let mut other = taking(&turns, b);
        assert!((&mut other).now_or_never().is_none());
        let mut late = taking(&turns, a);
        assert!((&mut late).now_or_never().is_none(), "somebody waits: nobody joins");
        drop(first);
        assert!((&mut other).now_or_never().is_none());
        drop(second);
        let other = other.now_or_never().expect("its turn");
        assert!((&mut late).now_or_never().is_none());
        drop(other);
        drop(late.now_or_never().expect("its turn"));
        assert_eq!(turns.state().at_work, 0);
    }

    #[test]
    fn those_who_wait_with_the_first_come_along() {
        let turns = Arc::new(Turns::default());
        let [a, b, c] = [Party::new(), Party::new(), Party::new()];
        let at_work = taking(&turns, a).now_or_never().expect("free");
        let mut line: Vec<_> = [b, c, b].map(|party| taking(&turns, party)).into();
        assert!(line.iter_mut().all(|one| one.now_or_never().is_none()));
        drop(at_work);
        let [last, middle, first] = [2, 1, 0].map(|at| line.remove(at));
        let mut middle = middle;
        let both = (first.now_or_never().expect("b"), last.now_or_never().expect("b as well"));
        assert!((&mut middle).now_or_never().is_none());
        drop(both);
        assert!(middle.now_or_never().is_some());
    }

    #[test]
    fn one_who_stops_waiting_holds_up_nobody() {
        let turns = Arc::new(Turns::default());
        let [a, b, c] = [Party::new(), Party::new(), Party::new()];
        let at_work = taking(&turns, a).now_or_never().expect("free");
        let mut gone = taking(&turns, b);
        let mut stays = taking(&turns, c);
        assert!((&mut gone).now_or_never().is_none() && (&mut stays).now_or_never().is_none());
        drop(gone);
        drop(at_work);
        assert!(stays.now_or_never().is_some());
        // Nor one who leaves after the turn was sent.
        let at_work = taking(&turns, a).now_or_never().expect("free");
        let mut gone = taking(&turns, b);
        assert!((&mut gone).now_or_never().is_none());
        drop(at_work);
        drop(gone);
        assert!(taking(&turns, c).now_or_never().is_some());
    }
}
