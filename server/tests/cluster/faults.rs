//! Three servers over one PostgreSQL while machines fail: servers are killed, stand still and come back, the
//! engine crashes and freezes, and its connections are slow and cut. Buyers at all servers go on; at the end
//! nothing was sold twice, lost or told in another order than it happened.
//!
//! Each kind of fault has a round. `BOXOFFICE_FAULT_ROUNDS` adds so many of random kinds.

use super::bench::address;
use super::market::Market;
use super::slow_socket::SlowSocket;
use boxoffice_server::engines;
use boxoffice_testing::process::Process;
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{DatabaseServer, Raw, create, film, seed, test_name};
use fastrand::Rng;
use rustix::process::Signal;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const SERVERS: usize = 3;

const EVENTS: [&str; 3] = ["dune", "alien", "brazil"];

/// Buyers of each server.
const BUYERS: usize = 2;

/// Purchases of each server's buyers after which a fault is over, or healed.
const SOME: u64 = 10;

/// A lease of a server lasts 10 s.
const THREE_LEASES: Duration = Duration::from_secs(31);

/// What fails in a round.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// `kill -9` of a server, which starts again.
    ServerDies,
    /// A server stands still for a moment, with what it has on its way.
    ServerSleeps,
    /// It stands still until the others believe it gone for long.
    ServerSleepsLong,
    /// A server stops in order and starts again, twice: the others see it go and come.
    ServerFlaps,
    EngineDies,
    EngineFreezes,
    /// The connections of one server to the engine are cut, again and again.
    ConnectionsCut,
}

const FAULTS: [Fault; 7] = [
    Fault::ServerDies,
    Fault::ServerSleeps,
    Fault::ConnectionsCut,
    Fault::ServerFlaps,
    Fault::EngineDies,
    Fault::EngineFreezes,
    Fault::ServerSleepsLong,
];

/// The machines, and buyers at them.
struct Machines {
    database: DatabaseServer,
    /// Between the first server and the engine.
    slow: SlowSocket,
    folder: TempDir,
    servers: Vec<Process>,
    market: Arc<Market>,
}

impl Machines {
    async fn start(database: DatabaseServer) -> Self {
        engines::migrate(&address(database.host())).await.expect("it takes tables");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secret = folder.path().join("cluster.secret");
        std::fs::write(&secret, "0123456789abcdef".repeat(2)).expect("written");
        let own = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&secret, own).expect("it is ours");
        let slow = SlowSocket::before(database.host());
        let market = Arc::new(Market::new(SERVERS));
        let mut machines = Self { database, slow, folder, servers: Vec::new(), market };
        for server in 0..SERVERS {
            let process = machines.process(server);
            machines.market.is_at(server, process.address);
            machines.servers.push(process);
        }
        machines
    }

    fn process(&self, server: usize) -> Process {
        // The program with the same engines as these tests.
        let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
        let free = "127.0.0.1:0";
        command.args(["--listen", free, "--http-listen", "off", "--log", "error"]);
        command.args(["--cluster-listen", free, "--store-timeout", "3s", "--cluster-secret-file"]);
        command.arg(self.folder.path().join("cluster.secret"));
        let host = if server == 0 { self.slow.host() } else { self.database.host() };
        command.env("BOXOFFICE_STORE", address(host));
        Process::spawn(&mut command)
    }

    async fn start_again(&mut self, server: usize) {
        let process = tokio::task::block_in_place(|| self.process(server));
        self.market.is_at(server, process.address);
        self.servers[server] = process;
    }

    async fn suffer(&mut self, fault: Fault, rng: &mut Rng) {
        let server = rng.usize(..SERVERS);
        println!("{fault:?} at server {server}");
        match fault {
            Fault::ServerDies => {
                self.servers[server].signal(Signal::KILL);
                self.market.until_bought(SOME, |other| other != server).await;
                self.start_again(server).await;
            }
            Fault::ServerSleeps => {
                self.servers[server].signal(Signal::STOP);
                self.market.until_bought(SOME, |other| other != server).await;
                self.servers[server].signal(Signal::CONT);
            }
            Fault::ServerSleepsLong => {
                self.servers[server].signal(Signal::STOP);
                #[expect(clippy::disallowed_methods, reason = "a lease ends by the engine's time")]
                tokio::time::sleep(THREE_LEASES).await;
                self.market.until_bought(SOME, |other| other != server).await;
                self.servers[server].signal(Signal::CONT);
            }
            Fault::ServerFlaps => {
                for _ in 0..2 {
                    self.servers[server].signal(Signal::TERM);
                    self.market.until_bought(SOME, |other| other != server).await;
                    self.start_again(server).await;
                }
            }
            Fault::EngineDies => tokio::task::block_in_place(|| {
                self.database.crash();
                self.database.resume();
            }),
            Fault::EngineFreezes => {
                self.database.pause();
                #[expect(clippy::disallowed_methods, reason = "nothing goes on meanwhile")]
                tokio::time::sleep(Duration::from_millis(500)).await;
                self.database.go_on();
            }
            Fault::ConnectionsCut => {
                for _ in 0..5 {
                    self.slow.cut();
                    self.market.until_bought(SOME / 2, |other| other != 0).await;
                }
            }
        }
        // It heals by itself, at every server.
        self.market.go_home();
        self.market.until_bought(SOME, |_| true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_fails_nothing_is_sold_twice_lost_or_told_out_of_order() {
    let database = match DatabaseServer::start("") {
        Ok(database) => database,
        Err(why) => return skip(test_name!(), Need::Postgres, &why),
    };
    let mut rng = Rng::with_seed(seed());
    let mut machines = Machines::start(database).await;
    let mut maker = Raw::connect(machines.servers[1].address).await;
    for slug in EVENTS {
        maker.ask(&create(slug, film(60, 60))).await;
    }
    let mut buyers = Vec::new();
    for number in 0..SERVERS * BUYERS {
        let (market, seed) = (Arc::clone(&machines.market), rng.u64(..));
        buyers.push(tokio::spawn(market.buy(number % SERVERS, &EVENTS, seed)));
    }
    let more = std::env::var("BOXOFFICE_FAULT_ROUNDS").map_or(Ok(0), |rounds| rounds.parse());
    let more: usize = more.expect("BOXOFFICE_FAULT_ROUNDS is a number");
    let further = (0..more).map(|_| FAULTS[rng.usize(..FAULTS.len())]).collect::<Vec<_>>();
    for fault in FAULTS.into_iter().chain(further) {
        machines.suffer(fault, &mut rng).await;
    }
    machines.market.close();
    let mut told = Vec::new();
    for buyer in buyers {
        told.extend(buyer.await.expect("it goes on"));
    }
    println!("{} purchases", told.len());
    for server in &machines.servers {
        machines.market.check(server.address, &EVENTS, &told).await;
    }
}
