//! How long a fresh read takes where many holds came to their deadline at once: the first one, which
//! records their expiries, and the next one. The clock is moved, so all of them are due before the
//! sweeper is awake; what is recorded is durable before the answer.

use boxoffice_benches::cost;
use boxoffice_protocol::event::Layout;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_protocol::reservation::Selection;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::{Config, FolderOptions, OpenFolder, StoreChoice, SyncPolicy};
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::{
    Raw, START, best, create, customer, event, film, new_id, section, spec, standing,
};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// How long the holds live.
const TTL: Duration = Duration::from_secs(60);

/// Requests that are sent together.
const TOGETHER: u64 = 100;

/// Rows of the hall, and the seats of each.
const SIDE: u16 = 400;

/// Where the holds are, and what is read of them.
struct Case {
    name: &'static str,
    create: Request,
    selection: Selection,
    read: Request,
}

fn cases() -> Vec<Case> {
    let floor = section("floor", 100, Layout::standing(1_000_000));
    let floor = create("film", spec(vec![floor]));
    let hall = create("film", film(SIDE, SIDE));
    let freshness = Freshness::Fresh;
    let details = Request::GetEvent { event: event("film"), freshness };
    let seats = Request::Seats { event: event("film"), freshness };
    let list = Request::ListEvents { after: None, limit: PageLimit::MAX, freshness };
    let watch = Request::Watch { event: event("film"), from_version: None };
    let case = |name, create: &Request, selection, read| Case {
        name,
        create: create.clone(),
        selection,
        read,
    };
    vec![
        case("an event, standing places", &floor, standing(1), details.clone()),
        case("an event, seats", &hall, best(1), details),
        case("its seats", &hall, best(1), seats),
        case("the list of events", &hall, best(1), list),
        case("a watch begins", &hall, best(1), watch),
    ]
}

/// Prints what the first read after the deadline takes, and the next one.
pub(crate) fn run(holds: u64) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("fresh reads of an event with {holds} holds whose deadline came at once");
    println!("{:>28} {:>10} {:>10} {:>10}", "read", "first, ms", "CPU, ms", "next, ms");
    for case in cases() {
        let took = runtime.block_on(read(&case, holds))?;
        let [first, cpu, next] = took.map(|took| took.as_secs_f64() * 1e3);
        println!("{:>28} {first:>10.3} {cpu:>10.3} {next:>10.3}", case.name);
    }
    Ok(())
}

/// How long the first read takes, what all threads take of the processors meanwhile, and how long the
/// next read takes.
async fn read(case: &Case, holds: u64) -> anyhow::Result<[Duration; 3]> {
    let folder = tempfile::tempdir()?;
    let server = start(&folder).await?;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&case.create).await;
    let mut made = 0;
    while made < holds {
        let some = TOGETHER.min(holds - made);
        for _ in 0..some {
            client.send(&hold(case)).await;
        }
        for _ in 0..some {
            let reply = client.receive().await.expect("an answer").reply;
            anyhow::ensure!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
        }
        made += some;
    }
    let mut reader = Raw::connect(server.address()).await;
    clock.advance(TTL);
    let (begun, used) = (Instant::now(), cost::of_this_process());
    reader.ask(&case.read).await;
    let (first, cpu) = (begun.elapsed(), cost::of_this_process() - used);
    let mut reader = Raw::connect(server.address()).await;
    let begun = Instant::now();
    reader.ask(&case.read).await;
    let next = begun.elapsed();
    server.stop().await;
    Ok([first, cpu, next])
}

fn hold(case: &Case) -> Request {
    let ttl_ms = Some(u64::try_from(TTL.as_millis()).expect("a minute"));
    let (id, event, customer) = (new_id(START), event("film"), customer("ann"));
    Request::Hold { id, event, customer, selection: case.selection.clone(), ttl_ms, order: None }
}

async fn start(folder: &tempfile::TempDir) -> anyhow::Result<Server> {
    let options = FolderOptions {
        path: folder.path().join("data"),
        sync: SyncPolicy::Always,
        segment_bytes: 16 << 20,
        backlog_bytes: 1 << 30,
        open_folder: OpenFolder::Refused,
    };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let store = StoreChoice::Folder(options);
    let config = Config { listen, http_listen: None, store, ..Config::default() };
    let clock = Some(Clock::manual(START));
    Ok(Server::start_with(config, Dependencies { clock, ..Dependencies::default() }).await?)
}
