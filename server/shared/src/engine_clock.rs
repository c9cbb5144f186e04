//! The engine's time, as one server knows it.
//!
//! A measurement asks the engine for its time. The engine read its clock at some moment between the
//! question and the answer, so half the round trip bounds the error (Cristian 1989). The best
//! measurement counts until one with a smaller bound comes; its own grows with age, because two
//! clocks do not run at the same speed.

use boxoffice_protocol::time::Timestamp;
use std::time::Duration;

/// The error from which on the time is not used.
const UNUSABLE: Duration = Duration::from_millis(250);

/// The local clock may gain or lose one part in so many.
const DRIFT: u32 = 2_000;

/// A correction gains or loses one part in so many of the time that passes.
const SLEW: u32 = 10;

/// Tells the engine's time from a local clock that never goes back, suspend included. It is
/// corrected by going a little faster or slower, and never by a step.
#[derive(Debug, Default)]
pub struct EngineClock {
    best: Option<Measurement>,
    reading: Option<ClockReading>,
}

/// The engine's time at local time zero, as of one measurement.
#[derive(Debug, Clone, Copy)]
struct Measurement {
    zero: Duration,
    error: Duration,
    at: Duration,
}

/// The engine's time at local time zero, as it was told last.
#[derive(Debug, Clone, Copy)]
struct ClockReading {
    zero: Duration,
    at: Duration,
}

/// The time with the bound on its error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineTime {
    pub now: Timestamp,
    /// How far it may be from the engine's.
    pub error: Duration,
}

impl EngineTime {
    /// Whether decisions may rest on it.
    pub fn is_usable(&self) -> bool {
        self.error < UNUSABLE
    }
}

impl Measurement {
    fn error_at(&self, local: Duration) -> Duration {
        self.error + local.abs_diff(self.at) / DRIFT
    }
}

impl EngineClock {
    /// Takes the engine's answer `engine_ms` to a question that was sent and answered at these local
    /// times.
    pub fn measured(&mut self, sent: Duration, received: Duration, engine_ms: u64) {
        let half = received.saturating_sub(sent) / 2;
        // The engine tells whole milliseconds.
        let rest = Duration::from_micros(500);
        let engine = Duration::from_millis(engine_ms) + rest;
        let zero = engine.saturating_sub(sent + half);
        let new = Measurement { zero, error: half + rest, at: received };
        let is_better = self.best.is_none_or(|best| {
            let bound = best.error_at(received);
            // An engine whose time was set is believed.
            new.error <= bound || new.zero.abs_diff(best.zero) > new.error + bound
        });
        if is_better {
            self.best = Some(new);
        }
    }

    /// The engine's time at this local time, which is no earlier than the last one; none before the
    /// first measurement.
    pub fn at(&mut self, local: Duration) -> Option<EngineTime> {
        let best = self.best?;
        let before = self.reading.unwrap_or(ClockReading { zero: best.zero, at: local });
        let most = local.saturating_sub(before.at) / SLEW;
        let zero = best.zero.clamp(before.zero.saturating_sub(most), before.zero + most);
        self.reading = Some(ClockReading { zero, at: local.max(before.at) });
        let now = Timestamp::default().plus(zero + local);
        let left = zero.abs_diff(best.zero);
        Some(EngineTime { now, error: best.error_at(local) + left })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_inventory::model::dice::{Dice, seeds};

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// The engine's time at local time zero.
    const ZERO: u64 = 1_800_000_000_000;

    fn told(clock: &mut EngineClock, local: Duration) -> EngineTime {
        clock.at(local).expect("it was measured")
    }

    #[test]
    fn there_is_no_time_before_a_measurement() {
        assert_eq!(EngineClock::default().at(ms(5)), None);
    }

    #[test]
    fn half_a_round_trip_bounds_the_error() {
        let mut clock = EngineClock::default();
        clock.measured(ms(100), ms(700), ZERO + 400);
        assert!(!told(&mut clock, ms(700)).is_usable());
        clock.measured(ms(800), ms(804), ZERO + 802);
        assert!(told(&mut clock, ms(804)).is_usable());
    }

    #[test]
    fn a_measurement_that_is_too_old_is_not_usable() {
        let mut clock = EngineClock::default();
        clock.measured(ms(0), ms(4), ZERO + 2);
        assert!(told(&mut clock, ms(400_000)).is_usable());
        assert!(!told(&mut clock, ms(600_000)).is_usable());
    }

    #[test]
    fn an_engine_whose_time_was_set_is_followed_without_a_step() {
        let mut clock = EngineClock::default();
        clock.measured(ms(0), ms(4), ZERO + 2);
        let before = told(&mut clock, ms(10));
        clock.measured(ms(11), ms(15), ZERO + 1_013);
        let after = told(&mut clock, ms(20));
        assert!(after.now.since(before.now) <= ms(12));
        assert!(!after.is_usable());
        assert!(told(&mut clock, ms(11_000)).is_usable());
    }

    /// Law 4: whatever a measurement says, time goes on, and where the clocks keep to their bounds
    /// it is within the error that it tells.
    #[test]
    fn law_4_the_engines_time_goes_on_within_its_error() {
        for seed in seeds(500) {
            let (mut dice, mut clock) = (Dice::new(seed), EngineClock::default());
            let mut local = ms(dice.below(10_000));
            let mut last: Option<(Duration, EngineTime)> = None;
            for _ in 0..200 {
                let (there, back) = (ms(dice.below(400)), ms(dice.below(400)));
                let sent = local;
                local += there + back;
                let now = Timestamp::from_ms(ZERO).plus(sent + there);
                clock.measured(sent, local, now.as_ms());
                local += ms(dice.below(3_000));
                let told = told(&mut clock, local);
                let truth = Timestamp::from_ms(ZERO).plus(local);
                let off = told.now.since(truth).max(truth.since(told.now));
                assert!(off <= told.error + ms(1), "seed {seed}: {off:?} off, {told:?}");
                if let Some((at, before)) = last {
                    let passed = local - at;
                    assert!(told.now >= before.now, "seed {seed}: time goes back");
                    let most = passed + passed / SLEW + ms(1);
                    assert!(told.now.since(before.now) <= most, "seed {seed}: a step");
                }
                last = Some((local, told));
            }
        }
    }
}
