//! A circuit breaker: whether an address may be asked. Time is an argument, and nothing here waits.

use std::time::{Duration, Instant};

/// When an address is given up, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Failures one after the other that open the breaker; at least 1.
    pub failures: u32,
    /// How long an open breaker rests before the address is tried again.
    pub rest: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self { failures: 3, rest: Duration::from_secs(10) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Asked as usual; so many failures since the last success.
    Closed { failures: u32 },
    /// Left alone until then.
    Open { until: Instant },
    /// Left alone by all but one probe, which is on its way.
    HalfOpen,
}

/// The breaker of one address.
#[derive(Debug, Clone)]
pub(super) struct Breaker {
    rules: Rules,
    state: State,
}

impl Breaker {
    /// Closed.
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, state: State::Closed { failures: 0 } }
    }

    /// Whether requests may be sent.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// A request was answered. An answer that was on its way when the breaker opened changes
    /// nothing: the probe decides.
    pub(super) fn succeeded(&mut self) {
        if self.is_closed() {
            self.state = State::Closed { failures: 0 };
        }
    }

    /// A request failed; whether this opened the breaker.
    pub(super) fn failed(&mut self, now: Instant) -> bool {
        let State::Closed { failures } = self.state else { return false };
        let failures = failures.saturating_add(1);
        if failures < self.rules.failures {
            self.state = State::Closed { failures };
            return false;
        }
        self.open(now);
        true
    }

    /// Leaves the address alone from now on, whatever was before.
    pub(super) fn open(&mut self, now: Instant) {
        self.state = State::Open { until: now + self.rules.rest };
    }

    /// How long the address is still to be left alone; nothing unless the breaker is open.
    pub(super) fn rests_for(&self, now: Instant) -> Option<Duration> {
        match self.state {
            State::Open { until } => Some(until.saturating_duration_since(now)),
            State::Closed { .. } | State::HalfOpen => None,
        }
    }

    /// Asks to send the one probe; granted when the rest is over and no other is on its way.
    pub(super) fn begin_probe(&mut self, now: Instant) -> bool {
        let granted = self.rests_for(now) == Some(Duration::ZERO);
        if granted {
            self.state = State::HalfOpen;
        }
        granted
    }

    /// What came of the probe. It asks for little, so that an address which answers it is still on
    /// probation: one more failure before the first success opens the breaker again.
    pub(super) fn probed(&mut self, answered: bool, now: Instant) {
        let probation = State::Closed { failures: self.rules.failures.saturating_sub(1) };
        match (self.state, answered) {
            (State::HalfOpen, true) => self.state = probation,
            (State::HalfOpen, false) => self.open(now),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: Rules = Rules { failures: 3, rest: Duration::from_millis(100) };

    #[test]
    fn failures_in_a_row_open_it_and_a_probe_closes_it() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut breaker = Breaker::new(RULES);
        breaker.failed(start);
        breaker.failed(start);
        breaker.succeeded();
        assert!(!breaker.failed(start) && !breaker.failed(start), "the count began anew");
        assert!(breaker.failed(start) && !breaker.is_closed());
        assert!(!breaker.begin_probe(after(99)));
        assert_eq!(breaker.rests_for(after(40)), Some(Duration::from_millis(60)));
        assert!(breaker.begin_probe(after(100)) && !breaker.begin_probe(after(100)), "one only");
        breaker.probed(false, after(100));
        assert!(!breaker.begin_probe(after(199)) && breaker.begin_probe(after(200)));
        breaker.succeeded();
        assert!(!breaker.is_closed(), "a late answer does not count");
        breaker.probed(true, after(200));
        assert!(breaker.is_closed());
        assert!(breaker.clone().failed(after(201)), "on probation");
        breaker.succeeded();
        assert!(!breaker.failed(after(201)) && !breaker.failed(after(201)), "and off it");
    }

    #[derive(Debug, Clone)]
    enum Event {
        Pass(u64),
        Succeed,
        Fail,
        Probe,
        Probed(bool),
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let event = prop_oneof![
            (0u64..150).prop_map(Event::Pass),
            Just(Event::Succeed),
            Just(Event::Fail),
            Just(Event::Probe),
            any::<bool>().prop_map(Event::Probed),
        ];
        prop::collection::vec(event, 0..80)
    }

    proptest! {
        /// Against a model that only remembers: the failures in a row, when it opened, and whether
        /// a probe is on its way.
        #[test]
        fn it_does_what_a_plain_account_of_the_rules_says(events in events()) {
            let mut now = Instant::now();
            let mut breaker = Breaker::new(RULES);
            let (mut in_a_row, mut opened, mut probing) = (0, None::<Instant>, false);
            for event in events {
                match event {
                    Event::Pass(ms) => now += Duration::from_millis(ms),
                    Event::Succeed => {
                        breaker.succeeded();
                        if opened.is_none() { in_a_row = 0; }
                    }
                    Event::Fail => {
                        let opens = opened.is_none() && in_a_row + 1 == RULES.failures;
                        prop_assert_eq!(breaker.failed(now), opens);
                        if opened.is_none() { in_a_row += 1; }
                        if opens { opened = Some(now); }
                    }
                    Event::Probe => {
                        let rested = opened.is_some_and(|then| now >= then + RULES.rest);
                        let granted = rested && !probing;
                        prop_assert_eq!(breaker.begin_probe(now), granted);
                        probing |= granted;
                    }
                    Event::Probed(answered) => {
                        breaker.probed(answered, now);
                        if probing {
                            probing = false;
                            opened = (!answered).then_some(now);
                            if answered { in_a_row = RULES.failures - 1; }
                        }
                    }
                }
                prop_assert_eq!(breaker.is_closed(), opened.is_none());
                prop_assert_eq!(breaker.rests_for(now).is_some(), opened.is_some() && !probing);
            }
        }
    }
}
