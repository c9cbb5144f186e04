//! A machine, its clients, and what happens to them next: everything is chosen by one seed.

use crate::check;
use crate::claims::Claims;
use crate::client::{Client, Link, Share};
use crate::figures::Figures;
use crate::history::History;
use crate::machine::{Machine, Process, Stopped};
use crate::people::Person;
use crate::requests::Requests;
use crate::trace::Trace;
use crate::weights::{Deed, Weights};
use boxoffice_inventory::model::fixtures::BEGIN;
use boxoffice_journal::JournalError;
use boxoffice_journal::disk::simulated::{Fault, FaultError, Lasting};
use boxoffice_protocol::limits::MAX_ID_AGE_MS;
use boxoffice_server::ledger::FolderError;
use boxoffice_server::sweeper::Swept;
use fastrand::Rng;
use std::time::Duration;

/// Bytes that a disk has that is never full.
const ROOMY: u64 = 1 << 30;

/// How long a world lives, in steps.
const STEPS: u64 = 1_200;

pub(crate) struct World {
    random: Rng,
    weights: Weights,
    machine: Machine,
    clients: Vec<Client>,
    requests: Requests,
    history: History,
    claims: Claims,
    trace: Trace,
    figures: Figures,
    disk: Disk,
}

/// The state of the disk.
#[derive(Debug, Clone, Copy, Default)]
struct Disk {
    /// Whether an operation may fail.
    fails: bool,
    /// Whether it may be full.
    is_small: bool,
}

impl Disk {
    const fn is_bad(self) -> bool {
        self.fails || self.is_small
    }
}

/// The result of a world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) figures: Figures,
    pub(crate) trace: u64,
}

/// Lives a whole life. Panics where a law is broken.
pub(crate) fn live(seed: u64) -> Outcome {
    let mut random = Rng::with_seed(seed);
    let others = random.usize(1..5);
    let mut people = vec![Person::first()];
    people.extend((0..others).map(|_| Person::by_chance(&mut random)));
    let clients = people.into_iter().map(Client::new).collect();
    let mut world = World {
        weights: Weights::new(&mut random),
        machine: Machine::new(&mut random),
        clients,
        requests: Requests::new(&mut random),
        history: History::default(),
        claims: Claims::default(),
        trace: Trace::default(),
        figures: Figures { seeds: 1, ..Figures::default() },
        disk: Disk::default(),
        random,
    };
    world.start();
    for _ in 0..STEPS {
        let deed = world.weights.next(&mut world.random);
        world.step(deed);
    }
    world.end()
}

impl World {
    fn step(&mut self, deed: Deed) {
        self.figures.steps += 1;
        self.trace.note_number(deed as u64);
        let client = self.random.usize(..self.clients.len());
        match deed {
            Deed::Ask => self.ask(client),
            Deed::AskAgain => {
                if self.clients[client].link.is_some() && self.clients[client].is_in_doubt() {
                    self.figures.asked_again += 1;
                    self.clients[client].ask_again(&self.claims, &mut self.random);
                }
            }
            Deed::Serve => self.serve(client),
            Deed::Listen => {
                let share = Share::by_chance(&mut self.random);
                self.listen(client, share);
            }
            Deed::Cut => {
                self.figures.cuts += 1;
                self.clients[client].cut();
            }
            Deed::Commit => self.commit(),
            Deed::WorkOnSegments => self.process(|process, _| process.work_on_segments()),
            Deed::Follow => self.process(|process, _| process.follow()),
            Deed::Sweep => self.sweep(),
            Deed::LetTimePass => self.let_time_pass(),
            Deed::SpoilDisk => self.spoil_disk(),
            Deed::Stop => self.stop(),
            Deed::Die => self.die(),
        }
        self.mind_failure();
    }

    fn process<T>(&mut self, work: impl FnOnce(&mut Process, &mut History) -> T) -> T {
        let process = self.machine.process.as_mut().expect("between steps there is a process");
        work(process, &mut self.history)
    }

    fn ask(&mut self, client: usize) {
        let process = self.machine.process.as_ref().expect("between steps there is a process");
        let now = process.now();
        let client = &mut self.clients[client];
        if client.link.is_none() {
            client.connect(&process.shared, &mut self.random);
        }
        for _ in 0..self.random.usize(1..8) {
            let request = self.requests.next(&self.history, now);
            self.figures.requests += u64::from(client.ask(request, &self.claims));
        }
    }

    fn serve(&mut self, client: usize) {
        let share = Share::by_chance(&mut self.random);
        if let Some(link) = &mut self.clients[client].link {
            link.serve(share, &mut self.random);
        }
    }

    fn listen(&mut self, client: usize, share: Share) {
        let Self { clients, claims, trace, figures, .. } = self;
        clients[client].listen(share, claims, trace, figures);
    }

    fn commit(&mut self) {
        let went = self.process(|process, history| process.commit(history));
        if let Err(error) = went {
            assert!(self.disk.is_bad(), "the disk is good, but: {error}");
            self.figures.failures += 1;
        }
    }

    fn sweep(&mut self) {
        if self.process(|process, _| process.sweep()) == Swept::Event {
            self.figures.sweeps += 1;
        }
    }

    fn let_time_pass(&mut self) {
        let ms = match self.random.u32(..200) {
            0..120 => self.random.u64(..60),
            120..170 => self.random.u64(..3_000),
            170..192 => self.random.u64(..200_000),
            192..199 => self.random.u64(..2_000_000),
            _ => MAX_ID_AGE_MS - 1_000 + self.random.u64(..4_000_000),
        };
        self.advance(ms);
        if self.disk.is_small && self.random.u8(..8) == 0 {
            // An operator made room.
            self.machine.disk.set_capacity(ROOMY);
            self.disk.is_small = false;
        }
    }

    fn advance(&mut self, ms: u64) {
        let span = Duration::from_millis(ms);
        self.machine.wall = self.machine.wall.plus(span);
        if let Some(process) = &self.machine.process {
            process.shared.clock.advance(span);
            self.claims.read_clock(process.now());
        }
    }

    fn spoil_disk(&mut self) {
        self.figures.faults += 1;
        let disk = &self.machine.disk;
        let operation = disk.operations() + self.random.u64(1..40);
        let fate = self.random.u8(..8);
        match fate {
            1..4 => self.disk.is_small = true,
            _ => self.disk.fails = true,
        }
        match fate {
            0 => disk.fail_by_chance(1 << self.random.u32(3..8)),
            1..4 => disk.set_capacity(self.random.u64(100_000..400_000)),
            fate => {
                let error = if fate == 4 { FaultError::Full } else { FaultError::Broken };
                let lasting = if fate == 5 { Lasting::ForEver } else { Lasting::Once };
                disk.fail(Fault { operation, error, lasting });
            }
        }
    }

    /// A process whose ledger has failed ends, but not at once.
    fn mind_failure(&mut self) {
        let failed = self.machine.process.as_ref().is_some_and(|process| process.is_failed());
        if failed && self.random.u8(..12) == 0 {
            self.die();
        }
    }

    /// The server stops in good order, and is started again.
    fn stop(&mut self) {
        for client in 0..self.clients.len() {
            if let Some(link) = &mut self.clients[client].link {
                link.close();
            }
            for _ in 0..4 {
                self.serve(client);
                self.commit();
            }
        }
        let Some(process) = self.machine.process.take() else { return };
        self.hang_up();
        match process.stop(&mut self.history) {
            Stopped::Clean => self.figures.clean_stops += 1,
            Stopped::Failed => {
                assert!(self.disk.is_bad(), "it could not stop");
                self.figures.failed_stops += 1;
            }
        }
        self.start();
    }

    /// The process dies, and is started again.
    fn die(&mut self) {
        self.hang_up();
        self.fall();
        self.start();
    }

    /// The process dies, by itself or with the machine. The disk is better then.
    fn fall(&mut self) {
        if self.random.u8(..4) < self.weights.power_loss {
            self.figures.power_losses += 1;
            self.machine.lose_power();
        } else {
            self.figures.kills += 1;
            self.machine.kill();
        }
        self.disk.fails = false;
    }

    /// The disk has all the room that it needs, and fails no more.
    fn mend_disk(&mut self) {
        self.machine.disk.repair();
        self.machine.disk.set_capacity(ROOMY);
        self.disk.is_small = false;
    }

    /// All connections end. What was sent may arrive or not.
    fn hang_up(&mut self) {
        for client in 0..self.clients.len() {
            let share = Share::by_chance(&mut self.random);
            self.listen(client, share);
            self.clients[client].cut();
        }
    }

    /// Starts the server, however often it takes.
    fn start(&mut self) {
        for attempt in 0.. {
            let downtime = if self.random.u8(..4) == 0 { 200_000 } else { 100 };
            self.machine.wall =
                self.machine.wall.plus(Duration::from_millis(self.random.u64(..downtime)));
            if attempt == 3 {
                self.mend_disk();
            } else if self.random.u8(..4) == 0 {
                let operation = self.machine.disk.operations() + self.random.u64(1..30);
                let (error, lasting) = (FaultError::Broken, Lasting::ForEver);
                self.machine.disk.fail(Fault { operation, error, lasting });
                self.disk.fails = true;
            }
            if self.try_start() {
                return;
            }
            self.figures.failed_starts += 1;
            self.fall();
        }
    }

    fn try_start(&mut self) -> bool {
        // A wall clock may have been set back meanwhile.
        let behind = if self.random.u8(..6) == 0 { self.random.u64(..500_000) } else { 0 };
        let gone = u64::try_from(self.machine.wall.since(BEGIN).as_millis()).unwrap_or_default();
        let behind = Duration::from_millis(behind.min(gone));
        let started = self.machine.start(&mut self.history, behind);
        for (name, bytes) in self.machine.disk.files() {
            self.trace.note(name.as_bytes());
            self.trace.note(&bytes);
        }
        self.trace.note_number(self.machine.disk.operations());
        match started {
            Ok(()) => {
                self.figures.starts += 1;
                let now = self.process(|process, _| process.now());
                self.claims.read_clock(now);
                true
            }
            Err(
                FolderError::Journal(JournalError::Disk { .. } | JournalError::NoRoom)
                | FolderError::Folder { .. },
            ) if self.disk.is_bad() => false,
            Err(error) => panic!("nothing was damaged, but: {error}"),
        }
    }

    /// Lets everything come to rest, stops and starts once more, and judges.
    fn end(mut self) -> Outcome {
        self.mend_disk();
        self.come_to_rest();
        self.check_watchers();
        self.stop();
        self.figures.changes = self.history.position();
        self.trace.note_number(self.figures.changes);
        let secret = self.machine.secret();
        check::check_all(self.claims, &self.history, secret);
        Outcome { figures: self.figures, trace: self.trace.finish() }
    }

    fn come_to_rest(&mut self) {
        let mut quiet = 0;
        for _ in 0..400 {
            // A disk that was full is asked again after a while.
            self.advance(10);
            if self.process(|process, _| process.is_failed()) {
                // It may learn only now of what a bad disk did before.
                self.die();
                self.mend_disk();
            }
            for client in 0..self.clients.len() {
                if let Some(link) = &mut self.clients[client].link {
                    link.serve(Share::All, &mut self.random);
                }
                self.listen(client, Share::All);
            }
            self.process(|process, _| process.work_on_segments());
            self.process(|process, _| process.follow());
            self.commit();
            let lines = || self.clients.iter().filter_map(|client| client.link.as_ref());
            let durable = self.machine.process.as_ref().is_some_and(|process| {
                process.shared.ledger.recorded() == process.shared.ledger.durable()
            });
            let is_quiet = durable && lines().all(Link::is_quiet);
            quiet = if is_quiet { quiet + 1 } else { 0 };
            // One's last word may be another one's news.
            if quiet == 3 {
                return;
            }
        }
        panic!("it does not come to rest");
    }

    /// Watchers know the last version of what they watch.
    fn check_watchers(&self) {
        for link in self.clients.iter().filter_map(|client| client.link.as_ref()) {
            for (event, known) in link.watched() {
                let life = self.history.life(event).expect("it was there");
                assert!(!life.model.deleted, "{event} is gone, and its watcher does not know");
                assert_eq!(known, Some(life.model.version), "a watcher of {event} waits in vain");
            }
        }
    }
}
