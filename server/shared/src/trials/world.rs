//! What happens next in a trial.

use super::asking::{Asking, TrialRequest};
use super::check::{check, history};
use super::engine::{EngineAnswer, ReplicatedEngine};
use super::promises::Promises;
use super::server::TrialServer;
use crate::request::Verdict;
use crate::store_call::{Shown, StoreCall};
use boxoffice_inventory::model::dice::Dice;
use boxoffice_inventory::model::fixtures::BEGIN;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::LogId;
use std::collections::BTreeMap;
use std::ops::AddAssign;

const SERVERS: usize = 3;
const REQUESTS: u64 = 120;
/// How long a server waits for the engine.
const PATIENCE_MS: u64 = 120;

/// How long a trial goes on without faults after the last request.
const CALM_MS: u64 = 2_500;

/// How much happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) changes: u64,
    pub(super) decided: u64,
    pub(super) unknown: u64,
    pub(super) not_applied: u64,
    pub(super) failovers: u64,
    pub(super) restarts: u64,
    /// Appends that were sent again.
    pub(super) resent: u64,
    pub(super) writes: u64,
    pub(super) pauses: u64,
    /// Times that a copy was not the log's beginning.
    pub(super) gaps: u64,
}

impl Figures {
    pub(super) const fn all(&self) -> [u64; 10] {
        let Self { changes, decided, unknown, not_applied, failovers, .. } = *self;
        let Self { restarts, resent, writes, pauses, gaps, .. } = *self;
        [changes, decided, unknown, not_applied, failovers, restarts, resent, writes, pauses, gaps]
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, more: Self) {
        self.changes += more.changes;
        self.decided += more.decided;
        self.unknown += more.unknown;
        self.not_applied += more.not_applied;
        self.failovers += more.failovers;
        self.restarts += more.restarts;
        self.resent += more.resent;
        self.writes += more.writes;
        self.pauses += more.pauses;
        self.gaps += more.gaps;
    }
}

#[derive(Debug)]
enum Happening {
    /// A request comes to a server.
    Asked,
    /// What a server asked comes to the engine, which answers, if the answer is not lost.
    Arrives {
        server: usize,
        number: u64,
        call: StoreCall,
        answers: bool,
    },
    Answered {
        server: usize,
        number: u64,
        answer: EngineAnswer,
    },
    GivenUp {
        server: usize,
        number: u64,
    },
    /// A server looks for deadlines, and for what others appended.
    Ticks {
        server: usize,
    },
    FailsOver,
    Restarts {
        server: usize,
    },
}

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
    promises: Promises,
    figures: Figures,
}

/// Lives a trial.
///
/// # Panics
/// A law was broken; the message says which.
pub(super) fn live(seed: u64) -> Figures {
    let mut world = World::new(seed);
    while let Some(((at, _), happening)) = world.ahead.pop_first() {
        world.engine.advance(at - world.now_ms);
        world.now_ms = at;
        world.happen(happening);
        (0..SERVERS).for_each(|server| world.run(server));
    }
    world.end()
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let (log, now_ms) = (LogId::parse("event/film").expect("a name"), BEGIN.as_ms());
        let clocks = [-200, 0, 90, if dice.once_in(4) { 1_400 } else { 200 }];
        let fault = *dice.pick(&[8, 20, 100]);
        let server = |dice: &mut Dice| {
            let ahead_ms = *dice.pick(&clocks);
            TrialServer::new(log.clone(), dice, ahead_ms)
        };
        let servers = (0..SERVERS).map(|_| server(&mut dice)).collect();
        let engine = ReplicatedEngine::new(log.clone(), now_ms);
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
            promises: Promises::default(),
            figures: Figures::default(),
        };
        world.later(1, Happening::Asked);
        (0..SERVERS).for_each(|server| world.later(50, Happening::Ticks { server }));
        if world.dice.once_in(3) {
            let after = world.dice.below(1_500);
            world.later(after, Happening::FailsOver);
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
            Happening::Ticks { server } => {
                let now = self.servers[server].now(self.now_ms);
                self.servers[server].actor.expire(now);
                self.servers[server].actor.poke();
                if self.left > 0 || self.now_ms < self.asked_last_ms + CALM_MS {
                    self.later(50, Happening::Ticks { server });
                }
            }
            Happening::FailsOver => self.fail_over(),
            Happening::Restarts { server } => {
                self.figures.restarts += 1;
                let log = self.log.clone();
                self.servers[server].restart(log, &mut self.dice);
            }
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
        if self.left > 0 {
            let pause = if self.dice.once_in(4) { self.dice.below(60) } else { 0 };
            self.later(pause, Happening::Asked);
        }
    }

    /// The standby takes over. What is on its way to the old one is lost with it.
    fn fail_over(&mut self) {
        self.figures.failovers += 1;
        self.ahead.retain(|_, happening| !matches!(happening, Happening::Arrives { .. }));
        self.engine.fail_over();
        self.promises.fail_over(self.engine.durable());
    }

    /// Lets a server do what it can, and looks at what it says.
    fn run(&mut self, server: usize) {
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
        self.figures.writes += u64::from(matches!(call, StoreCall::Write { .. }));
        self.figures.pauses += u64::from(call == StoreCall::Pause);
        self.figures.resent += u64::from(again && matches!(call, StoreCall::Append { .. }));
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
        let durable = self.engine.durable();
        let of = &mut self.servers[server];
        while let Some((request, verdict)) = of.actor.next_answer() {
            match verdict {
                Verdict::Decided(_) => self.figures.decided += 1,
                Verdict::OutcomeUnknown => self.figures.unknown += 1,
                Verdict::NotApplied(_) => self.figures.not_applied += 1,
            }
            self.promises.answer(&request, verdict, durable);
        }
        let durable = durable.map_or(0, |end| end.version);
        while let Some(shown) = of.actor.next_shown() {
            match shown {
                Shown::Snapshot { version } => of.shown = Some((version, Vec::new())),
                Shown::Gap(_) => {
                    self.figures.gaps += 1;
                    of.shown = None;
                }
                Shown::Changes(changes) => {
                    let (_, seen) = of.shown.as_mut().expect("a snapshot comes first");
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
        let history = history(&self.engine.all());
        check(&history, &self.promises);
        for server in &mut self.servers {
            let (version, seen) = server.shown.take().expect("it is loaded in the end");
            let after = usize::try_from(version).expect("a version");
            assert!(seen == history[after..], "watchers see every change once and in order");
            let settled = server.actor.settled();
            assert_eq!(settled.is_some(), !history.is_empty(), "what is in the log is settled");
            if let Some(settled) = settled {
                settled.invariants();
                assert_eq!(settled.version(), history.len() as u64, "all servers come to the end");
            }
        }
        self.figures.changes = history.len() as u64;
        self.figures
    }
}
