//! The server's threads: the event loop that serves connections, and how it ends.
//!
//! With one thread, the default, sessions and the committer take turns on it: the changes of one
//! round of the event loop are a batch, and no other thread has to be woken. With more threads, the
//! committer has one of its own.

use crate::config::{Config, HostName};
use crate::dependencies::Dependencies;
use crate::http::{Audience, Front};
use crate::ledger::{Committed, Committing};
use crate::listener::listen;
use crate::server_state::{EarlyState, ServerState};
use crate::start_error::StartError;
use crate::tcp::TcpService;
use crate::{auth, plans, sockets, sweeper};
use boxoffice_journal::disk::RealDisk;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Tasks that have a turn before the event loop polls its sockets and the committer has its turn.
const TURN_TASKS: u32 = 256;

/// How long background work may go on when everything else has ended.
const LEAVE: Duration = Duration::from_secs(1);

/// The handle of a serving thread.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    /// The address of HTTP; none if it is off.
    pub(crate) http_address: Option<SocketAddr>,
    /// The address of the operators' own port; none if there is none.
    pub(crate) operator_address: Option<SocketAddr>,
    pub(crate) shared: Arc<ServerState>,
    pub(crate) stop: CancellationToken,
    /// Resolves when the server has stopped.
    pub(crate) stopped: oneshot::Receiver<Stopped>,
}

impl Serving {
    /// Starts a serving thread. Returns when it listens.
    pub(crate) async fn start(config: Config, given: Dependencies) -> Result<Self, StartError> {
        let (started, starting) = oneshot::channel();
        let serve = move || match EventLoop::new(config, given) {
            Ok((event_loop, serving)) => {
                if started.send(Ok(serving)).is_ok() {
                    event_loop.run();
                }
            }
            Err(error) => drop(started.send(Err(error))),
        };
        let thread = thread::Builder::new().name("server".to_owned());
        thread.spawn(serve).map_err(StartError::Thread)?;
        starting.await.unwrap_or(Err(StartError::Panicked))
    }
}

/// How a server stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that had not ended in time.
    pub connections_cut: u64,
    /// Whether the ledger was closed in good order.
    pub durable: bool,
}

/// The serving thread's own part.
struct EventLoop {
    runtime: Runtime,
    shared: Arc<ServerState>,
    committing: Option<Committing<RealDisk>>,
    tasks: TaskTracker,
    stop: CancellationToken,
    say_stopped: oneshot::Sender<Stopped>,
}

impl EventLoop {
    /// Opens the store, and listens.
    fn new(config: Config, given: Dependencies) -> Result<(Self, Serving), StartError> {
        let address = config.listen;
        let (early, tasks) = (EarlyState::new(&config)?, TaskTracker::new());
        let stop = early.stop.clone();
        let runtime = runtime(config.threads).map_err(StartError::Thread)?;
        let inside = runtime.enter();
        let (turns, threads) = (Arc::clone(&early.turns), config.threads);
        tokio::spawn(async move { turns.keep(threads).await });
        let fronts = [Audience::Everybody, Audience::Operators];
        let [http, operators] = fronts.map(|to| ListeningFront::new(&config, &early, &tasks, to));
        let (http, operators) = (http?, operators?);
        let (shared, committing) = runtime.block_on(recover(config, given, early))?;
        let shared = Arc::new(shared);
        let (listener, address) = bind(address, "listen", &shared.config)?;
        let service = Arc::new(TcpService::new(Arc::clone(&shared)));
        tasks.spawn(listen(listener, service, tasks.clone(), stop.clone()));
        let [http_address, operator_address] = [http, operators].map(|front| {
            let ListeningFront { front, address } = front?;
            front.open(&shared);
            Some(address)
        });
        tokio::spawn(sweeper::run(
            Arc::clone(&shared.catalog),
            shared.clock.clone(),
            Arc::clone(&shared.metrics),
        ));
        tokio::spawn(plans::run(Arc::clone(&shared.plans), shared.clock.clone()));
        tokio::spawn(auth::follow(Arc::clone(&shared.auth)));
        drop(inside);
        let (say_stopped, stopped) = oneshot::channel();
        let (known, stopper) = (Arc::clone(&shared), stop.clone());
        let serving = Serving {
            address,
            http_address,
            operator_address,
            shared: known,
            stop: stopper,
            stopped,
        };
        Ok((Self { runtime, shared, committing, tasks, stop, say_stopped }, serving))
    }

    /// Serves until the server is stopped.
    fn run(self) {
        let Self { runtime, shared, committing, tasks, stop, say_stopped } = self;
        let commit = commit(committing, &shared);
        let drain = drain(&shared, &tasks, &stop);
        let (committed, connections_cut) = runtime.block_on(async { tokio::join!(commit, drain) });
        runtime.shutdown_timeout(LEAVE);
        let durable = committed.map_or(Ok(()), Committed::finish).is_ok();
        // The receiver may be gone.
        let _ = say_stopped.send(Stopped { connections_cut, durable });
    }
}

/// HTTP, which answers from the beginning, during recovery too.
struct ListeningFront {
    front: Arc<Front>,
    address: SocketAddr,
}

impl ListeningFront {
    /// Listens, if there is such a port. Has to be called inside the runtime.
    fn new(
        config: &Config,
        early: &EarlyState,
        tasks: &TaskTracker,
        audience: Audience,
    ) -> Result<Option<Self>, StartError> {
        let (at, setting) = match audience {
            Audience::Everybody => (config.http_listen, "http-listen"),
            Audience::Operators => (config.operator_listen, "operator-listen"),
        };
        let Some(at) = at else { return Ok(None) };
        let (listener, address) = bind(at, setting, config)?;
        if audience == Audience::Everybody && !early.tokens.are_wanted() {
            config.http_hosts.iter().for_each(warn_of_host);
        }
        let front = Arc::new(Front::new(config.clone(), early, audience));
        let (service, stop) = (Arc::clone(&front), early.stop.clone());
        tasks.spawn(listen(listener, service, tasks.clone(), stop));
        Ok(Some(Self { front, address }))
    }
}

fn warn_of_host(host: &HostName) {
    tracing::warn!(
        %host,
        "without tokens any client that reaches this server by that name may do everything; where \
         others can, as through a proxy, create a token: boxoffice-server token create"
    );
}

/// A recovered server, and the work that makes its changes durable.
type Recovered = (ServerState, Option<Committing<RealDisk>>);

/// Recovers on a thread of its own, so that this one can answer HTTP meanwhile.
async fn recover(
    config: Config,
    given: Dependencies,
    early: EarlyState,
) -> Result<Recovered, StartError> {
    let (say, recovered) = oneshot::channel();
    let inside = Handle::current();
    let recover = move || {
        let _inside = inside.enter();
        drop(say.send(ServerState::open(config, given, early)));
    };
    let thread = thread::Builder::new().name("recovery".to_owned());
    thread.spawn(recover).map_err(StartError::Thread)?;
    recovered.await.unwrap_or(Err(StartError::Panicked))
}

/// Listens at `address`, and returns the bound one.
fn bind(
    address: SocketAddr,
    setting: &'static str,
    config: &Config,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let unavailable = |source| StartError::Listen { address, setting, source };
    let listener = sockets::bind(address, config.memory.socket_bytes).map_err(unavailable)?;
    let bound = listener.local_addr().map_err(unavailable)?;
    Ok((listener, bound))
}

fn runtime(threads: usize) -> io::Result<Runtime> {
    let mut builder = match threads {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).event_interval(TURN_TASKS).enable_all().build()
}

/// Makes changes durable until the ledger is closed or fails.
async fn commit(
    committing: Option<Committing<RealDisk>>,
    shared: &ServerState,
) -> Option<Committed> {
    let committing = committing?;
    if shared.config.threads == 1 {
        return Some(committing.in_turns(&shared.turns).await);
    }
    let (ended, committed) = oneshot::channel();
    let thread = thread::Builder::new().name("committer".to_owned());
    let started = thread.spawn(move || ended.send(committing.on_this_thread()));
    if let Err(error) = started {
        tracing::error!(%error, "cannot start the committer's thread");
    }
    Some(committed.await.expect("a committer says how it ended"))
}

/// Waits for `stop`, and then for connections and a backup to end, at most for the configured time.
/// Returns how many connections had not ended.
async fn drain(shared: &ServerState, tasks: &TaskTracker, stop: &CancellationToken) -> u64 {
    stop.cancelled().await;
    if let Some(cluster) = &shared.cluster {
        cluster.end().await;
    }
    shared.backups.stop();
    tasks.close();
    let ended = async {
        tasks.wait().await;
        shared.backups.ended().await;
    };
    let drained = tokio::time::timeout(shared.config.drain_timeout, ended).await;
    if let Some(cluster) = &shared.cluster {
        cluster.finish().await;
    }
    shared.ledger.close();
    let open = || shared.metrics.tcp.open.value() + shared.metrics.http.open.value();
    drained.map_or_else(|_| open(), |()| 0)
}
