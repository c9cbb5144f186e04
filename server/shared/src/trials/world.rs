//! What happens next in a trial.

use super::asking::{Asking, TrialRequest, look};
use super::asynchronous::losses;
use super::check::{check, history, replay};
use super::engine::{ReplicatedEngine, Standby};
use super::figures::{Counted, Figures};
use super::happening::Happening;
use super::promises::Promises;
use super::server::TrialServer;
use super::snapshotting::SnapshotWork;
use crate::request::Verdict;
use crate::store_call::{Shown, StoreCall};
use boxoffice_inventory::model::dice::Dice;
use boxoffice_inventory::model::fixtures::BEGIN;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{Divergence, LogId};
use std::collections::BTreeMap;

const SERVERS: usize = 3;
const REQUESTS: u64 = 120;
/// How long a server waits for the engine.
const PATIENCE_MS: u64 = 120;

/// How long a trial goes on without faults after the last request.
const CALM_MS: u64 = 2_500;

struct World {
    dice: Dice,
    log: LogId,
    now_ms: u64,
    engine: ReplicatedEngine,
    servers: Vec<TrialServer>,
    ahead: BTreeMap<(u64, u64), Happening>,
    numbers: u64,
    asking: Asking,
    left: u64,
    asked_last_ms: u64,
    /// One call in so many is lost, one late, one without an answer.
    fault: u64,
    standby: Standby,
    promises: Promises,
    /// What settled states showed, by version.
    seen: Vec<(u64, Body)>,
    figures: Figures,
}

/// Lives a trial.
///
/// # Panics
/// A law was broken; the message says which.
pub(super) fn live(seed: u64, standby: Standby) -> Figures {
    let mut world = World::new(seed, standby);
    while let Some(((at, _), happening)) = world.ahead.pop_first() {
        world.engine.advance(at - world.now_ms);
        world.now_ms = at;
        match happening.needs().map(|server| world.servers[server].asleep_until_ms) {
            Some(until) if until > at => world.later(until - at, happening),
            _ => world.happen(happening),
        }
        (0..SERVERS).for_each(|server| world.run(server));
    }
    world.end()
}

impl World {
    fn new(seed: u64, standby: Standby) -> Self {
        let mut dice = Dice::new(seed);
        let (log, now_ms) = (LogId::parse("event/film").expect("a name"), BEGIN.as_ms());
        let clocks = [-200, 0, 90, if dice.once_in(4) { 1_400 } else { 200 }];
        let fault = *dice.pick(&[8, 20, 100]);
        let server = |dice: &mut Dice| {
            let ahead_ms = *dice.pick(&clocks);
            TrialServer::new(log.clone(), dice, ahead_ms)
        };
        let servers = (0..SERVERS).map(|_| server(&mut dice)).collect();
        let engine = ReplicatedEngine::new(log.clone(), now_ms, standby);
        let mut world = Self {
            dice,
            log,
            now_ms,
            engine,
            servers,
            ahead: BTreeMap::new(),
            numbers: 0,
            asking: Asking::new(),
            left: REQUESTS,
            asked_last_ms: now_ms,
            fault,
            standby,
            promises: Promises::default(),
            seen: Vec::new(),
            figures: Figures::default(),
        };
        world.later(1, Happening::Asked);
        world.later(10, Happening::Replicates);
        (0..SERVERS).for_each(|server| world.later(50, Happening::Ticks { server }));
        if world.dice.once_in(3) {
            let after = world.dice.below(1_500);
            world.later(after, Happening::FailsOver);
        }
        for _ in 0..world.dice.below(3) {
            let (after, server) = (world.dice.below(1_500), world.dice.of(0..3) as usize);
            world.later(after, Happening::Sleeps { server });
        }
        if world.dice.once_in(2) {
            let (after, server) = (world.dice.below(1_500), world.dice.of(0..3) as usize);
            world.later(after, Happening::Restarts { server });
        }
        world
    }

    fn later(&mut self, ms: u64, happening: Happening) {
        self.numbers += 1;
        self.ahead.insert((self.now_ms + ms, self.numbers), happening);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Asked => self.ask(),
            Happening::Arrives { server, number, call, answers } => {
                let is_cut = self.left > 0 && self.dice.once_in(self.fault);
                let answer = self.engine.answer(&call, is_cut);
                if is_cut && self.dice.once_in(3) {
                    let ms = self.dice.below(60);
                    self.later(ms, Happening::FailsOver);
                }
                if answers {
                    let ms = self.dice.below(15);
                    self.later(ms, Happening::Answered { server, number, answer });
                }
            }
            Happening::Answered { server, number, answer } => {
                self.servers[server].take(number, answer);
            }
            Happening::GivenUp { server, number } => {
                self.servers[server].give_up(number);
            }
            Happening::Ticks { server } => self.tick(server),
            Happening::FailsOver => self.fail_over(),
            Happening::Sleeps { server } => {
                self.figures.count(Counted::Sleeps);
                let until = self.now_ms + 100 + self.dice.below(900);
                self.servers[server].asleep_until_ms = until;
                // It goes on when it wakes, whatever happens then.
                self.later(until - self.now_ms, Happening::Wakes);
            }
            Happening::Wakes => {}
            Happening::Replicates if self.standby == Standby::Asynchronous => {
                self.engine.replicate();
                if self.goes_on() {
                    let pause = self.dice.below(60);
                    self.later(pause, Happening::Replicates);
                }
            }
            Happening::Replicates => {}
            Happening::Snapshots { server, work } => self.go_on_with(server, work),
            Happening::Restarts { server } => {
                self.figures.count(Counted::Restarts);
                let log = self.log.clone();
                self.servers[server].restart(log, &mut self.dice);
            }
        }
    }

    fn goes_on(&self) -> bool {
        self.left > 0 || self.now_ms < self.asked_last_ms + CALM_MS
    }

    /// A server does what it does now and then.
    fn tick(&mut self, server: usize) {
        let now = self.servers[server].now(self.now_ms);
        let of = &mut self.servers[server];
        of.actor.expire(now);
        let in_doubt = of.actor.in_doubt;
        if let Some(settled) = of.actor.settled().filter(|settled| !settled.is_deleted()) {
            self.seen.push((settled.version(), look(settled, now)));
            self.figures.add(Counted::Doubts, in_doubt.into());
        }
        if of.actor.is_idle() && self.dice.once_in(12) {
            assert_eq!(of.unanswered, 0, "an event is unloaded while requests wait");
            self.figures.count(Counted::Unloads);
            of.unload(self.log.clone(), &mut self.dice);
        }
        self.servers[server].actor.poke();
        if self.dice.once_in(8) {
            let work = SnapshotWork::begin(self.engine.connect(), &self.log, &mut self.dice);
            self.go_on_with(server, work);
        }
        if self.goes_on() {
            self.later(50, Happening::Ticks { server });
        }
    }

    fn go_on_with(&mut self, server: usize, mut work: SnapshotWork) {
        match work.step() {
            None => {
                let pause = if self.dice.once_in(4) { 600 } else { 40 };
                let pause = self.dice.below(pause);
                self.later(pause, Happening::Snapshots { server, work });
            }
            Some(Ok(taken)) if taken.is_kept => {
                self.figures.count(Counted::Snapshots);
                self.servers[server].actor.snapshot_taken(taken.version);
            }
            Some(_) => self.figures.count(Counted::SnapshotsLeft),
        }
    }

    /// The version that is durable, if all are that were acknowledged.
    fn durable(&self) -> u64 {
        match self.standby {
            Standby::Synchronous => self.engine.durable().map_or(0, |end| end.version),
            Standby::Asynchronous => u64::MAX,
        }
    }

    fn ask(&mut self) {
        self.left -= 1;
        self.asked_last_ms = self.now_ms;
        let server = self.dice.of(0..3) as usize;
        let now = self.servers[server].now(self.now_ms);
        let asked = self.asking.next(&mut self.dice, Timestamp::from_ms(self.now_ms));
        let number = self.promises.ask(asked.clone(), self.engine.visible());
        let patience = 40 + self.dice.below(1_500);
        let deadline = Timestamp::from_ms(now.as_ms() + patience);
        self.servers[server].actor.ask(TrialRequest { number, asked, deadline });
        self.servers[server].unanswered += 1;
        if self.left > 0 {
            let pause = if self.dice.once_in(4) { self.dice.below(60) } else { 0 };
            self.later(pause, Happening::Asked);
        }
    }

    /// The standby takes over. What is on its way to the old one is lost with it.
    fn fail_over(&mut self) {
        self.figures.count(Counted::Failovers);
        if self.dice.once_in(2) {
            let server = self.dice.of(0..3) as usize;
            self.later(0, Happening::Sleeps { server });
        }
        self.ahead.retain(|_, happening| !matches!(happening, Happening::Arrives { .. }));
        self.engine.fail_over();
        self.promises.fail_over(self.engine.durable());
    }

    /// Lets a server do what it can, and looks at what it says.
    fn run(&mut self, server: usize) {
        if self.servers[server].asleep_until_ms > self.now_ms {
            return;
        }
        loop {
            let now = self.servers[server].now(self.now_ms);
            let call = self.servers[server].actor.next_call(now);
            self.listen(server);
            let Some(call) = call else { return };
            self.send(server, call);
        }
    }

    /// Sends what a server asks of the engine. It may be lost, come late, or lose its answer.
    fn send(&mut self, server: usize, call: StoreCall) {
        self.numbers += 1;
        let number = self.numbers;
        self.servers[server].asks(number, &call);
        let again = match call {
            StoreCall::Append { attempt, .. } | StoreCall::Write { attempt } => attempt > 1,
            _ => false,
        };
        match call {
            StoreCall::Write { .. } => self.figures.count(Counted::Writes),
            StoreCall::Pause => self.figures.count(Counted::Pauses),
            StoreCall::Append { .. } if again => self.figures.count(Counted::Resent),
            _ => {}
        }
        let pause = if again { 10 } else { 0 };
        self.later(pause + PATIENCE_MS, Happening::GivenUp { server, number });
        let is_faulty = self.left > 0;
        let answers = !(is_faulty && self.dice.once_in(self.fault));
        let way = match self.dice.below(self.fault) {
            0 if is_faulty => return,
            1 if is_faulty => 100 + self.dice.below(500),
            _ => self.dice.below(15),
        };
        self.later(pause + way, Happening::Arrives { server, number, call, answers });
    }

    /// Checks and keeps what a server tells.
    fn listen(&mut self, server: usize) {
        let durable = self.durable();
        let of = &mut self.servers[server];
        while let Some((request, verdict)) = of.actor.next_answer() {
            self.figures.count(match verdict {
                Verdict::Decided(_) => Counted::Decided,
                Verdict::OutcomeUnknown => Counted::Unknown,
                Verdict::NotApplied(_) => Counted::NotApplied,
            });
            of.unanswered -= 1;
            self.promises.answer(&request, verdict, durable);
        }
        while let Some(shown) = of.actor.next_shown() {
            match shown {
                Shown::Snapshot { version, .. } => of.shown = Some((version, Vec::new())),
                Shown::Gap(why) => {
                    self.figures.count(Counted::Gaps);
                    self.figures.add(Counted::Trims, (why == Divergence::Trimmed).into());
                    of.shown = None;
                }
                Shown::Changes(changes) => {
                    let (version, seen) = of.shown.as_mut().expect("a snapshot comes first");
                    let last = seen.last().map_or(*version, |change| change.version);
                    assert_eq!(changes[0].version, last + 1, "watchers miss changes");
                    seen.extend(changes);
                }
            }
            if let Some((version, seen)) = &of.shown {
                let newest = seen.last().map_or(*version, |change| change.version);
                assert!(newest <= durable, "{newest} is shown, durable is {durable}");
            }
        }
        if let Some(settled) = of.actor.settled() {
            let version = settled.version();
            assert!(version <= durable, "{version} is settled, durable is {durable}");
        }
    }

    /// Everything is quiet: compares all that was told with the log.
    fn end(mut self) -> Figures {
        let history = history(self.engine.all());
        match self.standby {
            Standby::Synchronous => check(&history, &self.promises, self.seen),
            Standby::Asynchronous => {
                self.figures.add(Counted::Lost, losses(&history, &self.promises));
            }
        }
        let replayed = history.iter().fold(None, |before, change| Some(replay(before, change)));
        for server in &mut self.servers {
            let (version, seen) = server.shown.take().expect("it is loaded in the end");
            let after = usize::try_from(version).expect("a version");
            assert!(seen == history[after..], "watchers see every change once and in order");
            let settled = server.actor.settled();
            assert_eq!(settled.is_some(), !history.is_empty(), "what is in the log is settled");
            if let (Some(settled), Some(replayed)) = (settled, &replayed) {
                // A tombstone that comes of a snapshot has no places.
                let is_there = !replayed.is_deleted();
                let is_same = settled.seat_map() == replayed.seat_map();
                assert!(is_same || !is_there, "all have the log's state");
                settled.invariants();
                assert_eq!(settled.version(), history.len() as u64, "all servers come to the end");
            }
        }
        self.figures.add(Counted::Changes, history.len() as u64);
        self.figures
    }
}
